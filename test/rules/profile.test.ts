/** Profiles are reviewed tables: this is the review. A change of a value is a change of the version. */

import t from 'tap'
import { findProfile, profileNames, profileRefusal } from '../../src/rules/profile.js'

const article = {
  name: 'article',
  version: '1',
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

t.test('other names', async t => {
  t.strictSame(profileNames, ['article', 'ugw'])
  t.equal(findProfile('udg'), undefined)
  for (const name of ['udg', 'staros-default', 'staros-delayed', 'l34'])
    t.equal(profileRefusal(name), `profile "${name}" comes later (known: article, ugw)`)
  t.equal(profileRefusal('x'), 'unknown profile "x"')
})
