/** All tests of the command line. */

import t from 'tap'
import './filter.test.js'
import './rules.test.js'
import './text.test.js'
import './command-line.test.js'
import './captures.test.js'
import './records.test.js'
import './readme.test.js'

// on a busy machine longer than tap's 30 s
t.setTimeout(180_000)

import './completion.test.js'
import './man.test.js'
