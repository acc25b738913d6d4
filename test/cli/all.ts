/** All tests of the command line. */

import './filter.test.js'
import './text.test.js'
import './command-line.test.js'
import './captures.test.js'
import './readme.test.js'
