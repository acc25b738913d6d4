/** What a run holds on to is bounded, whatever it is given, and what had to go is told. */

import './evictions.test.js'
import './hours.test.js'
