/** All tests of the session stage. */

import './gtp0.test.js'
import './gtp1.test.js'
import './gtp2.test.js'
import './restart.test.js'
import './tables.test.js'
