import './truth.test.js'
