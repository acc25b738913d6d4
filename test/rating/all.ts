import './ledger.test.js'
