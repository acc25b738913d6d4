import './capture-points.test.js'
import './rated-octets.test.js'
import './run.test.js'
import './verdict.test.js'
