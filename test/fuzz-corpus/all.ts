import './corpus.test.js'
import './harness.test.js'
