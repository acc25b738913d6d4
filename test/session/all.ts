/** All tests of the session stage. */

import './gtp0.test.js'
import './gtp1.test.js'
import './gtp2.test.js'
import './handover.test.js'
import './joined.test.js'
import './joined-captures.test.js'
import './laboratory.test.js'
import './restart.test.js'
import './sessions-seen.test.js'
import './storm.test.js'
import './tables.test.js'
import './truth.test.js'
