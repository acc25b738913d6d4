import './http.test.js'
import './truth.test.js'
import './tunnel.test.js'
import './wap.test.js'
