/** Facts about HTTP through the gateway: which URL counts, and whose each octet is. */

import { data, fact, mmsByAddress, mmsByName } from './fact.js'

/* One connection, four requests, free and charged in turn. A gateway that rates the connection by its
 * first request gives the subscriber three quarters of it wrong. */
fact('http-keep-alive-mixed', 'each request is rated by itself', (facts, t) => {
  t.strictSame(
    facts.transactions.map(txn => txn.rule_id),
    [mmsByName, data, mmsByAddress, data],
  )
  t.equal(facts.flows[0]?.verdict, 'MIXD')
})

/* The handset of those days sends the request to the gateway's address and names the server in
 * X-Online-Host. Whoever matches on Host sees nothing but 10.0.0.172. */
fact('http-x-online-host', 'X-Online-Host names the server', (facts, t) => {
  t.strictSame(
    facts.transactions.map(txn => txn.url_source),
    ['x-online-host', 'x-online-host', 'x-online-host', 'host', 'origin-address'],
  )
})

/* "Free" is granted by the URL alone. A Referer that names the free service, or a Host that disagrees
 * with the absolute target, must not make a request free: that is how free-riding works. */
fact(
  'http-conflicting-names',
  'the absolute target counts, and the conflict is told',
  (facts, t) => {
    const [first, second, , referer] = facts.transactions
    t.match(first, { rule_id: data, reasons: ['url-conflict'] })
    t.match(second, { rule_id: mmsByName, reasons: ['url-conflict'] })
    t.match(referer, { rule_id: data, reasons: [] })
  },
)

/* CONNECT shows an authority and hides the rest. The rest of the connection stays with it, whatever it
 * looks like. */
fact('http-connect', 'the authority decides for the whole tunnel', (facts, t) => {
  for (const flow of facts.flows) t.equal(flow.transactions, 1)
  t.strictSame(new Set(facts.flows.map(flow => flow.verdict)), new Set(['FREE', 'CHRG']))
})

/* Four requests in one segment: the boundary between free and charged lies within a packet. Its octets
 * are cut there, its headers go to the first. */
fact('http-pipelined', 'one segment, four accounts', (facts, t) => {
  t.equal(facts.transactions.length, 4)
  t.strictSame(
    facts.transactions.slice(1, 3).map(txn => txn.up_packets),
    [0, 0],
    'the packet itself counts once, with the first of them',
  )
  t.ok(facts.transactions.every(txn => txn.up_bytes > 0))
})

/* The free word may lie across two segments, or only in the second one. Until the head is whole nobody
 * knows the charge, and the octets wait. */
fact('http-request-split', 'the URL is put together before it is matched', (facts, t) => {
  t.strictSame(facts.flows.map(flow => flow.verdict).sort(), ['CHRG', 'FREE', 'FREE', 'FREE'])
})

/* The capture begins in the middle of a response. What it answers is not known; the next request can be
 * recognised, and says itself that it was found by its form. */
fact('http-mid-flow-start', 'certainty is low when the beginning was missed', (facts, t) => {
  t.equal(facts.flows[0]?.certainty, 'low')
  t.match(facts.transactions, [{ rule_id: mmsByName }, { rule_id: data }])
})

/* A segment is missing for longer than five seconds. Nobody can say what the octets behind it are:
 * level 1, until a request begins. */
fact('tcp-lost-segment', 'behind a hole level 1 decides', (facts, t) => {
  t.match(facts.flows[0]?.reasons, ['capture-gap', 'resynchronised'])
  t.ok(facts.octetsOf(data) > (facts.transactions[1]?.down_bytes ?? 0))
})

/* Networks deliver out of order. The octets are read in their order, and the flow is as certain as any. */
fact('tcp-reordered', 'the wrong order is no loss', (facts, t) => {
  t.match(facts.flows[0], { certainty: 'high', reasons: [] })
})

/* A retransmitted octet crossed the gateway twice and is charged twice, with the transaction that it
 * belongs to: three of five operators did so when it was measured (NDSS 2014). */
fact('tcp-retransmission', 'sent twice, counted twice', (facts, t) => {
  t.match(facts.flows[0], { certainty: 'high' })
  t.equal(facts.summary.excluded_bytes, 0)
})

/* A snap length of 96 shows the headers of the inner packet and six octets of payload. What is billed is
 * in the IP header; what was asked for is not in the capture. */
fact('snaplen-96', 'octets are those of the wire, the URL is unknown', (facts, t) => {
  t.equal(facts.summary.bytes, 7231)
  for (const flow of facts.flows) t.match(flow, { verdict: 'CHRG', certainty: 'low' })
})

/* Port 80 says nothing about the protocol. Octets that are not HTTP are opaque, and stay on level 1. */
fact('not-http-on-80', 'opaque octets stay on level 1', (facts, t) => {
  t.equal(facts.transactions.length, 0)
  t.equal(facts.octetsOf(data), facts.summary.bytes)
})

/* The quota is gone and nothing is answered any more: not "free", not just "charged", but blocked. Two
 * minutes of silence are more than one train of SYNs can explain. */
fact('quota-syn-unanswered', 'no answer for two minutes is blocked', (facts, t) => {
  t.equal(facts.flows.filter(flow => flow.verdict === 'BLCK').length, 2)
  t.equal(facts.subscribers[0]?.blocked_flows, 2)
})
