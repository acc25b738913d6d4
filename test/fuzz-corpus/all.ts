import './corpus.test.js'
import './coverage.test.js'
import './harness.test.js'
