import './conservation.test.js'
import './damage.test.js'
import './usual.test.js'
