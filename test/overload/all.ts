/** A source that is faster than the probe: what is left out, in which order, and that it is told. */

import './steps.test.js'
import './conservation.test.js'
