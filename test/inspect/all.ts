/** All tests of the inspectors and of `dissect`. */

import t from 'tap'
import './declared.test.js'
import './dissect.test.js'
import './filter.test.js'
import './hostile.test.js'
import './protocols.test.js'
import './tcp.test.js'

// on a busy machine longer than tap's 30 s
t.setTimeout(180_000)
