/** All tests of the GTP control-plane decoders. */

import './gtp1-c.test.js'
import './gtp1-facts.test.js'
import './gtp0-tid.test.js'
import './gtp2.test.js'
import './identity.test.js'
import './damage.test.js'
