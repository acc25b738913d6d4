import './http-cut.test.js'
