import './http-cut.test.js'
import './many-transactions.test.js'
import './tcp-order.test.js'
import './wap.test.js'
