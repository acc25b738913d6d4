/** All tests of the detector of subscribers who stay blocked after they renewed. */

import './scenarios.test.js'
