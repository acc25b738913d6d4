/** All tests of the detector of subscribers who stay blocked after they renewed. */

import t from 'tap'
import './scenarios.test.js'
import './order.test.js'
import './orders.test.js'
import './feed.test.js'
import './command.test.js'
import './lab.test.js'
import './follow.test.js'

t.setTimeout(300_000)
