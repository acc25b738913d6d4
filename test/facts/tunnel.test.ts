/** Facts about tunnels and the sessions behind them: what a charge unit is and whose it is. */

import { byDefault, data, fact, mmsByName } from './fact.js'

/* The outer packet is fragmented because the tunnel header pushed a full-size inner packet over the MTU
 * of the Gn. The second fragment has no UDP header; its octets still belong to the first one's T-PDU,
 * and the inner packet is charged once, with its own length. */
fact('gtp-outer-ip-fragment', 'an inner packet in two outer fragments counts once', (facts, t) => {
  t.equal(facts.summary.charge_units, 30)
  t.equal(facts.summary.found?.other, 12, 'first fragments are no packets yet')
  t.equal(facts.summary.bytes, facts.octetsOf(mmsByName) + facts.octetsOf(data))
})

/* TEIDs are handed out lowest first, so that the number of a context that ended comes back at once with
 * another subscriber behind it, and the address pool does the same. A probe that keys by TEID alone
 * bills one subscriber for the other's traffic. */
fact('tunnel-teid-reuse', 'the same TEID and address, three subscribers', (facts, t) => {
  t.strictSame(new Set(facts.flows.map(flow => `${flow.teid_up} ${flow.ue}`)).size, 1)
  t.strictSame(
    facts.flows.map(flow => flow.imsi?.slice(-4)),
    ['0420', '0421', '0422'],
  )
})

/* A TEID is an unsigned number of 32 bits. In a language with signed integers the upper half prints
 * negative, and compares wrong. */
fact('teid-top-bit', 'numbers with the top bit set are unsigned', (facts, t) => {
  for (const flow of facts.flows) t.match(flow.teid_up, /^0x[89a-f][0-9a-f]{7}$/)
  t.equal(facts.summary.unknown_teid_packets, 0)
})

/* In telecoms there is never a GTP tunnel within another GTP tunnel, and signalling and user plane are
 * counted apart: Echo, Error Indication and End Marker are no user's traffic. */
fact('ggsn-restart-error-indication', 'tunnel management is not charged', (facts, t) => {
  t.equal(facts.summary.found?.['gtp-u signalling'], 1)
  t.equal(facts.summary.charge_units, facts.summary.found?.['g-pdu'])
  // what went to the tunnel that the GGSN no longer knew was sent all the same, and is on the context
  t.match(
    facts.flows.find(flow => flow.transactions === 0),
    { end_reason: 'context-deleted', up_packets: 2, down_packets: 0, rule_id: data },
  )
})

/* The routing area changes and with it the SGSN: the user plane moves to another address and TEID, the
 * subscriber does not notice. What comes down to the new SGSN belongs to the same context. */
fact('sgsn-change', 'one context on two SGSNs', (facts, t) => {
  t.equal(facts.summary.sessions, 1)
  t.equal(facts.summary.unknown_teid_packets, 0)
  t.equal(new Set(facts.flows.map(flow => flow.imsi)).size, 1)
})

/* The same IMSI and NSAPI is created again without a delete: the network lost the first context. Its
 * flows end there and then, for whatever comes now has another address and another charging id. */
fact('context-replaced', 'a create ends the context that it replaces', (facts, t) => {
  t.equal(facts.sessions.filter(event => event.event === 'replaced').length, 1)
  t.equal(new Set(facts.flows.map(flow => flow.ue)).size, 2)
})

/* Segmentation offload leaves Total Length 0 in captures taken on the gateway itself. The length is that
 * of the G-PDU then, and the records say that it was inferred. */
fact('ip-length-zero', 'length 0 is taken from the tunnel', (facts, t) => {
  for (const flow of facts.flows) t.match(flow.reasons, ['ip-len-zero'])
  t.equal(facts.summary.bytes, 4032, 'as in the capture whose lengths are right')
})

/* Optional words and extension headers of the tunnel, VLAN tags, cooked captures, byte orders and file
 * formats change how packets are wrapped, never what they cost. */
const wrappings = [
  'gtp-extension-header',
  'gtp-no-sequence',
  'linux-cooked',
  'linux-cooked-2',
  'null-loopback',
  'pcap-big-endian',
  'pcap-nanosecond',
  'pcapng-two-interfaces',
  'raw-ip',
  'vlan-qinq',
]
for (const capture of wrappings) {
  fact(capture, 'the wrapping is not charged', (facts, t) => {
    t.equal(facts.octetsOf(mmsByName), 1419)
    t.equal(facts.octetsOf(data), 2473)
    t.equal(facts.octetsOf(byDefault), 140)
  })
}

/* IPv6 counts its fixed header and everything behind it: 40 + Payload Length. No rule of this set names
 * an IPv6 server, so that the default decides; that must not look like "no rule". */
fact('ipv6', 'an IPv6 server meets the default', (facts, t) => {
  const six = facts.flows.filter(flow => flow.server.includes(':'))
  t.ok(six.length > 4)
  for (const flow of six) t.match(flow, { rule_id: byDefault, verdict: 'CHRG' })
})

/* Later fragments of an inner datagram have no ports. They inherit the flow of the first; when that one
 * is not in the capture, only the addresses speak. */
fact('inner-fragments', 'fragments inherit the flow of the first', (facts, t) => {
  t.match(
    facts.flows.find(flow => flow.server_port === 9200),
    { up_packets: 1, down_packets: 5, verdict: 'FREE', certainty: 'high' },
  )
})
