/** All tests against the live laboratory's captures; test/lab/run.ts makes fresh ones. */

import './compare.test.js'
import './stored.test.js'
