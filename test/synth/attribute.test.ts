/** Whose packet is it: the standard cases of rules.md 2.7 under `article`, in the truth file. */

import t from 'tap'
import { makeCapture } from './capture-set.js'

function flowOf(step: string) {
  const { truth } = makeCapture(
    `title: x
start: 2014-11-21T00:00:00Z
subscribers:
  a: {imsi: "460010000000001"}
expectations:
  one: {id: 1, tariff: free}
  two: {id: 2, tariff: charged}
steps:
  - create: a
  - ${step}
`,
    'x.yaml',
  )
  return { truth, transactions: truth.flows[0]?.transactions ?? [] }
}

t.test('handshake to the first, teardown to the last transaction', async t => {
  const { truth, transactions } = flowOf(
    'http: {from: a, server: 10.0.0.172, requests: [{get: /1, expect: one}, {get: /2, expect: two}]}',
  )
  const [first, second] = transactions
  // SYN, ACK, request, ack of the response | SYN-ACK, response
  t.match(first, { up_packets: 4, down_packets: 2, exact: true })
  // request, ack of the response, FIN, ack of FIN | response, FIN
  t.match(second, { up_packets: 4, down_packets: 2, exact: true })
  t.strictSame(
    truth.expected_totals.map(one => [one.rule_id, one.up_packets, one.down_packets]),
    [
      [1, 4, 2],
      [2, 4, 2],
    ],
  )
})

t.test(
  'pipelined requests share packets: not exact, and undecided unless they expect the same',
  async t => {
    const two = flowOf(
      'http: {from: a, server: 10.0.0.172, pipelined: true, requests: [{get: /1, expect: one}, {get: /2, expect: two}]}',
    )
    t.strictSame(
      two.transactions.map(one => one.exact),
      [false, false],
    )
    t.ok(two.truth.undecided.up_packets > 0)
    const same = flowOf(
      'http: {from: a, server: 10.0.0.172, pipelined: true, requests: [{get: /1, expect: one}, {get: /2, expect: one}]}',
    )
    t.equal(same.truth.undecided.up_packets, 0)
    t.equal(same.truth.expected_totals[0]?.up_bytes, same.truth.totals.up_bytes)
  },
)

t.test('WTP: an acknowledgement that travels with the next request belongs to both', async t => {
  const { transactions } = flowOf(
    'wtp: {from: a, server: 10.0.0.172, transactions: [{get: "http://h/1", hold_ack: true}, {get: "http://h/2"}]}',
  )
  t.strictSame(
    transactions.map(one => one.exact),
    [false, false],
  )
  const plain = flowOf(
    'wtp: {from: a, server: 10.0.0.172, transactions: [{get: "http://h/1"}, {get: "http://h/2"}]}',
  )
  // Connect, its ack, Get, ack | ConnectReply, Reply
  t.match(plain.transactions[0], { up_packets: 4, down_packets: 2, exact: true })
  // Get, ack, Disconnect | Reply
  t.match(plain.transactions[1], { up_packets: 3, down_packets: 1, exact: true })
})

t.test('octets of a response to a request before the capture are undecided', async t => {
  const { truth, transactions } = flowOf(
    'http: {from: a, server: 10.0.0.172, syn: false, leftover: 2000, requests: [{get: /1, expect: one}]}',
  )
  t.equal(transactions[0]?.exact, false)
  t.ok(truth.undecided.down_bytes >= 2000)
})
