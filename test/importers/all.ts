/** All tests of importers, exports and rules rebuilt from signalling. */

import t from 'tap'
import './fixtures.test.js'
import './dialects.test.js'
import './export.test.js'
import './export-property.test.js'
import './signalling.test.js'
import './command.test.js'
import './replay.test.js'
import './damage.test.js'
import './scale.test.js'

// ten dialects with ten thousand lines each, on a machine that does something else
t.setTimeout(600_000)
