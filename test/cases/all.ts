/** All tests of the library of complaint cases. */

import t from 'tap'
import './library.test.js'
import './handset.test.js'
import './match.test.js'
import './search.test.js'
import './cut.test.js'

// every cut reads its capture six times
t.setTimeout(300_000)
