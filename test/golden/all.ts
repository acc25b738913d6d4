import './golden.test.js'
