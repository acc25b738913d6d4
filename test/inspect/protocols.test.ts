/** docs/protocols.md says what the list of inspectors says. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { protocolsPath, withTable } from './protocol-table.js'

const text = readFileSync(protocolsPath, 'utf8')
t.equal(text, withTable(text), 'node dist/test/inspect/protocol-table.js writes it anew')
