/** All tests of runs by several threads. */

import './equal.test.js'
import './order.test.js'
import './command.test.js'
import './end.test.js'
