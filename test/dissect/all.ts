import './shared-captures.test.js'
