/** All tests of the dashboard. */

import './panels.test.js'
import './states.test.js'
import './keys.test.js'
import './terminal.test.js'
import './probe.test.js'
