/** Facts about WAP 1.x: the same newspaper in the clear and encrypted, and transactions by number. */

import { byDefault, data, fact, mmsByAddress, mmsByName } from './fact.js'

/* The published case. The normal subscriber fetches the newspaper on port 80 and on 9201, where the
 * gateway can read the URL: free. The complaining one fetches it on 9203 inside WTLS: the URL cannot be
 * read, the level-1 charge stands, and the finding says what it would have been elsewhere. */
fact('newspaper', 'free on 80 and 9201, charged on 9203, and why', (facts, t) => {
  const normal = facts.usage.filter(row => row.imsi === '460010000000101')
  const ids = new Set(normal.map(row => row.rule_id))
  t.strictSame(ids, new Set([mmsByName, mmsByAddress, data, byDefault]))
  const [finding] = facts.findings
  t.match(finding, {
    imsi: '460010000000202',
    server_port: 9203,
    rule_id: data,
    rule_id_hex: '0xFE06FFFE',
    confidence: 'high',
  })
  t.match(finding?.text, /level-1 rule 6 -> no level-2 .* port 80 would give 168165378 free/)
  t.match(finding?.text, /Remedy: WAP 1\.x handset -> port 9200\/9201/)
})

/* WTLS on 9203 by port, and on 9201 by its framing although clear WSP belongs there. Encrypted is
 * encrypted: no URL, no level 2. */
fact('wtls-9201', 'encrypted where clear is expected', (facts, t) => {
  t.match(facts.flows, [{ app: 'wtls', level1: 4, rule_id: data }])
  t.ok(facts.flows[0]?.reasons.includes('opaque'))
})

/* The other way round: clear WSP on 9203. The URL can be read and is shown, but rule 6 owns no table. */
fact('clear-on-9203', 'a URL that nobody asks about', (facts, t) => {
  t.match(facts.transactions, [{ url: 'http://mmsc.wap.example/1', level1: 6, rule_id: data }])
})

/* A connectionless request and its reply find each other by one octet, which wraps after 256. The reply
 * whose request is not in the capture belongs to nobody: level 1. */
fact('wsp-connectionless', 'a reply without its request', (facts, t) => {
  t.match(facts.flows[0]?.reasons, ['orphan-response'])
  const own = facts.transactions.reduce((sum, txn) => sum + txn.up_bytes + txn.down_bytes, 0)
  t.ok(own < facts.summary.bytes)
})

/* An acknowledgement and the next request share a datagram, or two requests do. Each goes to its own
 * transaction. */
fact('wtp-concatenated', 'two transactions in one datagram', (facts, t) => {
  const [, , third, fourth] = facts.transactions
  t.match(third, { rule_id: mmsByAddress })
  t.match(fourth, { rule_id: data })
  t.ok((fourth?.up_bytes ?? 0) > 0)
})

/* RID marks a PDU that was sent before. It counts again, and opens no second transaction. */
fact('wtp-retransmitted', 'sent again is not asked again', (facts, t) => {
  t.equal(facts.transactions.length, 5)
  t.equal(new Set(facts.transactions.map(txn => txn.url)).size, 5)
})

/* A long message goes in segments of one transaction number; one is lost and asked for again. All of them
 * are on the request's charge, also those without a URL. */
fact('wtp-segmented', 'segments belong to their transaction', (facts, t) => {
  const own = facts.transactions.reduce((sum, txn) => sum + txn.up_bytes + txn.down_bytes, 0)
  t.equal(own, facts.summary.bytes)
})

/* The announcement of a message comes by push from another address: it costs something itself, and it
 * says what will be fetched. */
fact('mms-over-wsp', 'an announcement, a retrieval, an acknowledgement', (facts, t) => {
  t.strictSame(facts.transactions.map(txn => txn.mms_type ?? '').sort(), [
    'm-notification-ind',
    'm-notifyresp-ind',
    'm-retrieve-conf',
    'm-retrieve-conf',
    'm-send-req',
  ])
})

/* The same Post to a host that is not free: the content type does not make it free, the URL decides. */
fact('mms-over-http', 'an MMS elsewhere is not free', (facts, t) => {
  t.match(
    facts.transactions.find(txn => txn.host === 'other.example.com'),
    { app: 'mms', mms_type: 'm-send-req', rule_id: data },
  )
})

/* Names are made to attack the terminal that shows them. They are counted like any other. */
fact('hostile-text', 'escape sequences are octets', (facts, t) => {
  t.equal(facts.summary.bytes, 2573)
  t.match(facts.transactions[4], { rule_id: mmsByName })
})

/* No rule names ICMP, unknown UDP, other ports of the gateway or the MMS centre itself: the default. An
 * address that a level-2 row names is not a level-1 rule. */
fact('icmp-and-udp', 'what no rule names meets the default', (facts, t) => {
  t.equal(facts.octetsOf(byDefault), facts.summary.bytes)
  t.equal(facts.summary.unmatched_bytes, 0)
})
