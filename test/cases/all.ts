/** All tests of the library of complaint cases. */

import './library.test.js'
import './handset.test.js'
import './match.test.js'
import './search.test.js'
import './cut.test.js'
