/** All tests of the inspectors and of `dissect`. */

import './declared.test.js'
import './dissect.test.js'
import './filter.test.js'
import './hostile.test.js'
import './protocols.test.js'
import './tcp.test.js'
