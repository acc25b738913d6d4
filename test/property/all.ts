import './conservation.test.js'
