/** Tests of the capture generator. */

import './address-and-checksum.test.js'
import './attribute.test.js'
import './captures.test.js'
import './emit-gtp.test.js'
import './emit-wap.test.js'
import './run-synth.test.js'
import './scenario-error.test.js'
import './synthesise.test.js'
import './tshark.test.js'
