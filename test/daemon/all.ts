/** Tests of the daemon, of what it shows, and of the commands that ask it. */

import './view.test.js'
import './row-pick.test.js'
import './protocol.test.js'
import './socket.test.js'
import './service.test.js'
import './state.test.js'
import './metrics.test.js'
import './live.test.js'
