/** The comparison with tshark over the shared captures. */

import './oracle.test.js'
