/** Facts about captures that were made in odd ways: through mirrors, at two points, of one direction, without
 * the signalling. */

import t from 'tap'
import { replayed, truthOf } from './capture-set.js'
import { byDefault, data, type Facts, fact, mmsByName } from './fact.js'

/** The same packets as in every wrapping: facts of tunnel.test.ts. */
function sameOctets(facts: Facts, t: Parameters<Parameters<typeof fact>[2]>[1]): void {
  t.equal(facts.octetsOf(mmsByName), 1419)
  t.equal(facts.octetsOf(data), 2473)
  t.equal(facts.octetsOf(byDefault), 140)
}

/* A switch or a cloud wraps every frame that it copies to a probe, and over a small MTU it cuts the long ones
 * in two. The gateway never saw any of that, so it costs nothing; and a label or a PPPoE session on the
 * way to the gateway costs nothing either. */
for (const kind of ['gre', 'nvgre', 'erspan-1', 'erspan-2', 'erspan-3', 'vxlan']) {
  fact(`mirror-${kind}`, 'the mirror is not charged', sameOctets)
}
for (const link of ['mpls', 'pppoe']) fact(link, 'the link is not charged', sameOctets)

/* A probe on both sides of a node sees every packet twice. The subscriber sent it once: it is charged where
 * it was seen first, and the summary says how many were left out. Messages of GTP-C that come twice make
 * one context. */
for (const capture of ['two-points-router', 'two-points-interfaces', 'two-points-s1u-s5']) {
  fact(capture, 'seen twice, charged once', (facts, t) => {
    sameOctets(facts, t)
    const { summary, flows } = facts
    t.match(summary, { sessions: 1, subscribers: 1, unknown_teid_packets: 0, complete: true })
    t.equal(summary.duplicate_packets, summary.charge_units)
    t.equal(summary.duplicate_bytes, summary.bytes)
    t.equal(flows.length, 2)
    for (const flow of flows) t.match(flow, { certainty: 'high', reasons: [] })
  })
}

/* Gn and Gi in one capture. Downlink packets are seen on Gi first, where no tunnel says whose they are; the
 * address does, because the same capture holds the message that gave it out. */
fact('plain-ip-and-tunnel', 'both copies are of one session', (facts, t) => {
  sameOctets(facts, t)
  const { summary, flows } = facts
  t.equal(summary.duplicate_bytes, summary.bytes)
  t.equal(flows.length, 2)
  for (const flow of flows) t.match(flow, { imsi: '460010000000523', certainty: 'high' })
})

t.test('every copy is as long as its original, and --dedupe off charges each', async t => {
  for (const name of ['two-points-router.pcap', 'plain-ip-and-tunnel.pcap']) {
    const { duplicates, bytes, charge_units: units } = truthOf(name)
    const { summary } = await replayed(name, { dedupe: 'off' })
    t.notOk('duplicate_packets' in summary)
    t.equal(summary.charge_units, units * 2)
    t.equal(summary.bytes, bytes * 2)
    t.equal((duplicates?.up_bytes ?? 0) + (duplicates?.down_bytes ?? 0), bytes)
  }
})

t.test('without --plain-ip, Gi is not charged and Gn is, once', async t => {
  const { summary } = await replayed('plain-ip-and-tunnel.pcap', { plainIp: false })
  t.equal(summary.bytes, truthOf('plain-ip-and-tunnel.pcap').bytes)
  t.notOk('duplicate_packets' in summary)
})

/* A mirror port that forgets a direction. The requests are there and decide as always; the octets are those
 * that were seen. The client acknowledges what the capture does not hold, so the server has answered:
 * that is no blocked subscriber. */
fact('one-direction-up', 'requests decide, nobody is blocked', (facts, t) => {
  const [flow] = facts.flows.filter(one => one.protocol === 'tcp')
  t.match(flow, { verdict: 'MIXD', down_packets: 0, certainty: 'medium' })
  t.ok(flow?.reasons.includes('one-direction'))
  t.strictSame(
    facts.transactions.map(txn => [txn.rule_id, txn.status]),
    [
      [mmsByName, undefined],
      [data, undefined],
    ],
  )
  for (const txn of facts.transactions) t.ok(txn.reasons.includes('one-direction'))
})

/* The other way round no request is seen: level 1 is all that can be said. */
fact('one-direction-down', 'no request, level 1', (facts, t) => {
  const [flow] = facts.flows.filter(one => one.protocol === 'tcp')
  t.match(flow, { rule_id: data, up_packets: 0, verdict: 'CHRG' })
  t.ok(flow?.reasons.includes('one-direction'))
  t.not(flow?.certainty, 'high')
  t.equal(facts.transactions.length, 0)
})

/* The probe was switched on after the subscriber was. Nobody knows whose the packets are: the rules still say
 * which charge, but not free or charged. Up and down are told by the SYN, or by the port. */
fact('no-control', 'no session: rules without a tariff', (facts, t) => {
  t.match(facts.summary, { sessions: 0, free_bytes: 0, charged_bytes: 0, unknown_bytes: 4032 })
  for (const flow of facts.flows) {
    t.match(flow, { direction: 'known', verdict: 'UNKN', certainty: 'low' })
    t.ok(flow.reasons.includes('no-session'))
  }
  t.ok(facts.flows.some(flow => flow.reasons.includes('direction-inferred')))
})

/* In 5G each packet of N3 says which way it goes. */
fact('no-control-5g', 'the sender says what is uplink', (facts, t) => {
  t.equal(facts.summary.direction_unknown_bytes, 0)
  for (const flow of facts.flows) t.strictSame(flow.reasons, ['no-session'])
})
