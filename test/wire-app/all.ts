/** All tests of the application-layer decoders. */

import './http1.test.js'
import './http1-start.test.js'
import './http1-chunked.test.js'
import './tls-client-hello.test.js'
import './dns.test.js'
import './shared.test.js'
import './tls-certificate.test.js'
import './websocket.test.js'
