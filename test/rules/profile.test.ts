/** Profiles are reviewed tables: this is the review. A change of a value is a change of the version. */

import t from 'tap'
import {
  findProfile,
  neededCharges,
  profileNames,
  profileRefusal,
  profiles,
} from '../../src/rules/profile.js'

const article = {
  name: 'article',
  version: '1',
  level2: 'rows',
  onL2Miss: 'keep-level1',
  handshake: 'first-transaction',
  preId: 'first-transaction',
  request: 'its-transaction',
  response: 'its-transaction',
  pureAck: 'current-transaction',
  teardown: 'last-transaction',
  retransmission: 'same-as-original',
  partialRetransmission: 'slice',
  oooGap: 'level1',
  oooGapMs: 5000,
  opaque: 'current-id',
  headerShare: 'first',
  split: 'slices',
  embeddedHttp: false,
  udpIdleMs: 60_000,
  tcpIdleMs: 1_800_000,
  fragmentMs: 30_000,
  wspClMs: 120_000,
}

t.test('article: the published case', async t => {
  t.strictSame(findProfile('article'), article)
})

t.test('ugw: as article, but handshake and pre-id stay on level 1', async t => {
  t.strictSame(findProfile('ugw'), {
    ...article,
    name: 'ugw',
    handshake: 'level1',
    preId: 'level1',
  })
})

const udg = { ...article, name: 'udg', onL2Miss: 'fall-through' }

t.test('udg: as article, but a miss goes on to the next rule', async t => {
  t.strictSame(findProfile('udg'), udg)
  t.strictSame(findProfile('udg-signalling'), {
    ...udg,
    name: 'udg-signalling',
    handshake: 'signalling-id',
    teardown: 'signalling-id',
  })
})

const staros = { ...udg, oooGap: 'level1-for-good' }

t.test('staros: control packets by the ordinary table, or with the application', async t => {
  t.strictSame(findProfile('staros-default'), {
    ...staros,
    name: 'staros-default',
    handshake: 'level1',
    pureAck: 'level1',
    teardown: 'level1',
  })
  t.strictSame(findProfile('staros-delayed'), { ...staros, name: 'staros-delayed' })
})

t.test('l34: filters of layers 3 and 4 alone', async t => {
  t.strictSame(findProfile('l34'), {
    ...article,
    name: 'l34',
    level2: 'ignored',
    handshake: 'level1',
    preId: 'level1',
    pureAck: 'level1',
    teardown: 'level1',
  })
})

t.test('charges that a profile needs from the rules', async t => {
  const needs = profiles.filter(profile => neededCharges(profile).length > 0)
  t.strictSame(
    needs.map(profile => [profile.name, neededCharges(profile)]),
    [['udg-signalling', ['signalling']]],
  )
  t.strictSame(neededCharges({ ...profiles[0]!, retransmission: 'separate-id' }), [
    'retransmissions',
  ])
})

t.test('other names', async t => {
  t.strictSame(profileNames, [
    'article',
    'ugw',
    'udg',
    'udg-signalling',
    'staros-default',
    'staros-delayed',
    'l34',
  ])
  t.equal(findProfile('x'), undefined)
  t.equal(profileRefusal('x'), 'unknown profile "x"')
})
