/** The protocols of `dissect`, one entry each. Where two claim the same octets the earlier one has
 * them. docs/protocols.md has a row for each. */

import { dns } from './dns.js'
import type { Inspector } from './inspector.js'

export const inspectors: readonly Inspector[] = [dns]
