/** QUIC of the shared captures against tshark: names of every ClientHello. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { run } from '../helpers/run.js'
import { shared } from '../wire-wap/capture.js'

/** Captures, and names that tshark has seen twice: a ClientHello that was sent again after
 * HelloRetryRequest is the same flow. */
const captures = [
  'ndpi__quic-27.pcap',
  'ndpi__quic-29.pcap',
  'ndpi__quic-v2.pcapng',
  'ndpi__quic-fuzz-overflow.pcapng',
  'ndpi__quic_q46.pcap',
  'ndpi__quic_q50.pcap',
  'suricata-verify__quic-frag_input.pcap',
  'suricata-verify__quic-v2_input.pcap',
  'derived__gtpu-wrap_quic-27_quic-v2.pcap',
  'pcapflowlab__udp_udp_truncated_quic_like_payload_3.pcap',
]

for (const name of captures) {
  t.test(name, async t => {
    const path = shared(t, name)
    if (path === '') return
    const truth = JSON.parse(readFileSync(shared(t, `truth/${name}.json`), 'utf8'))
    const seen: Record<string, number> = truth.tls_sni
    const names = Object.keys(seen).filter(key => key.includes('quic:'))
    const ran = await run(await openSource([path]), { plainIp: true })
    const flows = ran.flows.filter(flow => flow.app === 'quic' && flow.host !== undefined)
    t.strictSame(
      new Set(flows.map(flow => flow.host)),
      new Set(names.map(key => key.replace(/^.*quic:/, ''))),
    )
    t.equal(flows.length, names.length)
    const quic = Object.keys(truth.protocol_column).some(column => column.includes('QUIC'))
    t.equal(
      ran.flows.some(flow => flow.app === 'quic'),
      quic,
    )
  })
}
