/** All tests of the project's structure. */

import './layering.test.js'
import './style.test.js'
import './documents.test.js'
import './lock.test.js'
