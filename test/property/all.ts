import './conservation.test.js'
import './damage.test.js'
