import './run.test.js'
import './verdict.test.js'
