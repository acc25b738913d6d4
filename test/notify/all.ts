/** All tests of notices to subscribers. */

import './texts.test.js'
import './policy.test.js'
import './smpp.test.js'
import './command.test.js'
