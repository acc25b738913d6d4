import './bounds.test.js'
import './commands.test.js'
import './diff.test.js'
import './gateway-cases.test.js'
