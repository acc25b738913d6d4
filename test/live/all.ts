/** All tests of live capture. */

import './bounds.test.js'
import './pipe.test.js'
import './export.test.js'
import './ring.test.js'
import './words.test.js'
import './capture.test.js'
import './trouble.test.js'
