import './filter.test.js'
