/** `replay --bounds` against full enumeration: every combination of policies is run through the real pipeline, and
 * must give what the bounds say of it. Rules.md 2.12 and 2.13 (7). */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { OctetKinds } from '../../src/pipeline/octet-kinds.js'
import { allowedValues, type Pass, policyBounds } from '../../src/pipeline/policy-bounds.js'
import {
  byTransaction,
  type PassChoice,
  passKeys,
  product,
  type SliceChoice,
} from '../../src/pipeline/slice-choice.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { passPolicies, slicePolicies } from '../../src/rules/policy-choice.js'
import { profiles } from '../../src/rules/profile.js'
import type { RuleSet } from '../../src/rules/rule-set.js'
import { captureFiles, replayed } from '../facts/capture-set.js'
import { article, engineOf, root } from '../helpers/run.js'

t.setTimeout(600_000)

/** Signalling and retransmissions have charges of their own, and level 1 goes on after a missed table. */
const yaml = readFileSync(`${root}/rules/newspaper.yaml`, 'utf8')
  .replace(
    /^default: 4294967294$/m,
    'default: 4294967294\nsignalling: 168165378\nretransmissions: 168165379',
  )
  .replace(
    /^(level1:.*)$/m,
    '$1\n  - {id: 99, precedence: 99, match: {server: 10.0.0.172/32}, charge: 168165379}',
  )
const { set } = engineOf(article, yaml)

/** A small table: it is made anew for each of thousands of runs. */
const small = { flows: 256 }

const passOf =
  (file: string): Pass =>
  async (engine, kinds) => {
    const { summary } = await replayed(file, {
      engine,
      bounds: small,
      trace: kinds.trace,
      observe: (rater, table) => kinds.attach(rater, table),
    })
    return summary.bytes
  }

async function freeOctets(file: string, rules: RuleSet, policy: object): Promise<number> {
  const engine = new RuleEngine(rules, { ...article, ...policy })
  return (await replayed(file, { engine, bounds: small })).summary.free_bytes
}

const usual: PassChoice = {
  onL2Miss: 'keep-level1',
  headerShare: 'first',
  split: 'slices',
  oooGap: 'level1',
}

/** One value at a time away from two opposite corners, and every pair of a few: the choices that tell most. */
function someChoices(): SliceChoice[] {
  const corners: SliceChoice[] = [
    byTransaction,
    {
      handshake: 'level1',
      preId: 'level1',
      request: 'response-rule',
      pureAck: 'level1',
      teardown: 'level1',
      retransmission: 'exclude',
    },
  ]
  const all = corners.flatMap(corner => [
    corner,
    ...Object.entries(slicePolicies).flatMap(([key, values]) =>
      values.map(value => ({ ...corner, [key]: value })),
    ),
  ])
  return [...new Map(all.map(choice => [JSON.stringify(choice), choice])).values()]
}

/** The same packets in other link layers and mirrors say nothing new of policies. */
const wrapped = /^(linux|mirror|mpls|null|pcap|pppoe|raw|vlan|two-points)/

for (const file of captureFiles.filter(name => !wrapped.test(name))) {
  t.test(`${file}: sums of kinds are what the pipeline says`, { timeout: 60_000 }, async t => {
    const engine = new RuleEngine(set, { ...article, ...byTransaction })
    const kinds = new OctetKinds(engine, byTransaction)
    await passOf(file)(engine, kinds)
    for (const choice of someChoices()) {
      const free = await freeOctets(file, set, choice)
      if (kinds.free(choice) !== free) t.equal(kinds.free(choice), free, JSON.stringify(choice))
    }
    t.pass()
  })
}

/** Pipelined requests that share segments; a hole, and what follows it. */
for (const file of ['http-pipelined.pcap', 'tcp-lost-segment.pcap']) {
  t.test(`${file}: full enumeration of the product`, { timeout: 300_000 }, async t => {
    const engine = engineOf()
    const bounds = await policyBounds(engine, passOf(file))
    const { values } = allowedValues(engine)
    const traced = new OctetKinds(engine, byTransaction)
    await passOf(file)(new RuleEngine(engine.set, { ...article, ...byTransaction }), traced)
    const apart = passKeys.filter(key => !traced.swings.has(key))
    for (const key of apart) {
      for (const value of passPolicies[key]) {
        const free = await freeOctets(file, engine.set, { [key]: value })
        t.equal(free, bounds.free_bytes, `${key} ${value} has no packets here`)
      }
    }
    const passes = product(passPolicies).filter(one => apart.every(key => one[key] === usual[key]))
    let least = Number.POSITIVE_INFINITY
    let most = 0
    for (const pass of passes) {
      for (const choice of product(values)) {
        const free = await freeOctets(file, engine.set, { ...pass, ...choice })
        least = Math.min(least, free)
        most = Math.max(most, free)
      }
    }
    t.equal(bounds.free_min, least)
    t.equal(bounds.free_max, most)
    t.equal(await freeOctets(file, engine.set, bounds.min_policy), least, 'as it is named')
    t.equal(await freeOctets(file, engine.set, bounds.max_policy), most)
  })
}

t.test('2.13 (7): every profile lies within the bounds', { timeout: 60_000 }, async t => {
  for (const file of ['newspaper.pcap', 'http-keep-alive-mixed.pcap', 'tls-sni-split.pcap']) {
    for (const profile of profiles.filter(one => one.level2 === 'rows')) {
      const engine = new RuleEngine(set, profile)
      const bounds = await policyBounds(engine, passOf(file))
      const { free_bytes } = (await replayed(file, { engine })).summary
      t.equal(bounds.free_bytes, free_bytes, `${file} ${profile.name}`)
      t.ok(bounds.free_min <= free_bytes && free_bytes <= bounds.free_max)
    }
  }
})

t.test('a swing names the packets and the policy', async t => {
  const engine = engineOf()
  const bounds = await policyBounds(engine, passOf('newspaper.pcap'))
  const handshake = bounds.swings.find(swing => swing.policy === 'handshake')
  t.match(handshake, { value: 'first-transaction', packets: 6, bytes: 256 })
  t.match(handshake?.groups[0], { flow: '8', class: 'handshake', first_frame: 8, last_frame: 10 })
  t.strictSame(bounds.left_out, [
    'handshake signalling-id',
    'teardown signalling-id',
    'retransmission separate-id',
  ])
})
