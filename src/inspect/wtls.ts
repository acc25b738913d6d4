/** WTLS for `dissect`: the records of a datagram. Read WAP-261-WTLS clauses 9 and 10 first. */

import { FaultCode } from '../wire/fault.js'
import { looksLikeWtls, WtlsDatagram } from '../wire/wtls.js'
import { hexNumber } from './field-list.js'
import type { Inspector } from './inspector.js'

export const wtls: Inspector = {
  name: 'wtls',
  doc: {
    standard: 'WAP-261-WTLS',
    decoded: 'records, types of plain handshake messages, the cipher that ServerHello chose',
    missing: 'handshake contents, certificates, WSP behind the NULL cipher',
  },
  fields: {
    'wtls.rec_type': 'number',
    'wtls.rec_cipher': 'number',
    'wtls.rec_seq': 'number',
    'wtls.rec_length': 'number',
    'wtls.handshake.type': 'number',
    'wtls.handshake.server_hello.cipher.bulk': 'number',
    'wtls.handshake.server_hello.cipher.mac': 'number',
  },
  summary: ['wtls.rec_type', 'wtls.handshake.type'],
  udpPorts: [9202, 9203],
  recognise: looksLikeWtls,
  inspect(buf, off, end, walk) {
    const { out, fault } = walk
    walk.layer('wtls')
    const datagram = new WtlsDatagram()
    datagram.start(buf, off, end)
    const { record } = datagram
    while (datagram.next(fault)) {
      out.add('wtls.rec_type', hexNumber(record.type, 2))
      out.add('wtls.rec_cipher', record.encrypted ? 1 : 0)
      if (record.sequence >= 0) out.add('wtls.rec_seq', record.sequence)
      if (record.hasLength) out.add('wtls.rec_length', record.fragmentEnd - record.fragmentOff)
      if (record.handshakeType >= 0) out.add('wtls.handshake.type', record.handshakeType)
      if (record.cipher >= 0) {
        out.add('wtls.handshake.server_hello.cipher.bulk', record.cipher)
        out.add('wtls.handshake.server_hello.cipher.mac', record.mac)
      }
    }
    if (fault.code !== FaultCode.None) walk.malformed(fault)
  },
}
