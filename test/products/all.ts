import './catalogue.test.js'
import './rating.test.js'
import './rating-model.test.js'
