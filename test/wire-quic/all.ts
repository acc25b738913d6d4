/** All tests of QUIC. */

import './protection.test.js'
import './client-hello.test.js'
import './shared.test.js'
