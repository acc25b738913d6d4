/** Rules rebuilt from Gx and PFCP: installed, changed, removed, refused; in force for a part of a session; and from real
 * captures where they are there. 3GPP TS 29.212 clause 4.5, TS 29.244 clause 7.5. */

import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { GxRules } from '../../src/pipeline/signalled-gx.js'
import { PfcpRules } from '../../src/pipeline/signalled-pfcp.js'
import { SignalledRules } from '../../src/pipeline/signalled-rules.js'
import { type RuleChange, SessionBook } from '../../src/pipeline/signalled-session.js'
import { signalledSet } from '../../src/pipeline/signalled-set.js'
import { SetBuilder } from '../../src/rules/import/set-builder.js'
import { finishImport } from '../../src/rules/import-rules.js'
import { openSource } from '../../src/source/open-source.js'
import { Fault } from '../../src/wire/fault.js'
import { pfcp, pfcpIe, pie } from '../session/joined-builder.js'
import { address, u16, u32 } from '../session/message-builder.js'
import { avp, avp3gpp, message } from '../wire-control/diameter-builder.js'
import { optionsOf } from './imported.js'

const gx = 16777238
const session = 'pgw.example.net;1;2'
const ccr = (type: number, answer: boolean, ...avps: Uint8Array[]) =>
  message({ command: 272, application: gx, answer }, [avp(263, session), avp(416, type), ...avps])
const install = (...avps: Uint8Array[]) => avp3gpp(1001, avps)
const definition = (name: string, ...avps: Uint8Array[]) =>
  avp3gpp(1003, [avp3gpp(1005, name), ...avps])
const flow = (text: string) => avp3gpp(1058, [avp3gpp(507, text)])
const ue = avp(8, Uint8Array.from([10, 45, 0, 7]))

interface Stage {
  book: SessionBook
  changes: string[]
}

function stage(): Stage {
  const changes: string[] = []
  const book = new SessionBook(({ at, action, rule }: RuleChange) => {
    changes.push(`${at.frame} ${action} ${rule.name} ${rule.precedence} ${rule.flows.length}`)
  })
  return { book, changes }
}

function setOf({ book }: Stage) {
  const builder = new SetBuilder(optionsOf())
  signalledSet(builder, book.sessions, 'x.pcap')
  return finishImport(builder, {
    name: 'x',
    version: '1',
    dialect: 'signalling',
    profiles: ['ugw'],
    from: 'x.pcap',
  })
}

t.test('Gx: over the life of a session', async t => {
  const run = stage()
  const rules = new GxRules(run.book)
  const fault = new Fault()
  const say = (frame: number, octets: Uint8Array) =>
    t.ok(
      rules.message(octets, 0, octets.length, { timeUs: frame * 1e6, frame }, fault),
      `frame ${frame}`,
    )
  const imsi = avp(443, [avp(450, 1), avp(444, '001010000000001')])
  say(1, ccr(1, false, imsi, avp(30, 'internet'), ue))
  const web = definition(
    'web',
    avp(432, 20),
    avp(439, 5),
    avp3gpp(1010, 100),
    avp3gpp(1009, 1),
    flow('permit out 6 from 192.0.2.80 80 to 10.45.0.7'),
    flow('permit in 6 from 10.45.0.7 to 192.0.2.80 80'),
  )
  const news = definition(
    'news',
    avp(432, 30),
    avp3gpp(1010, 10),
    flow('permit out ip from 198.51.100.0/24 to any'),
  )
  say(2, ccr(1, true, avp(268, 2001), install(web, news, avp3gpp(1005, 'predefined'))))
  // a modification: what it leaves out stays
  const rar = (...avps: Uint8Array[]) =>
    message({ command: 258, application: gx }, [avp(263, session), ...avps])
  say(3, rar(install(definition('web', avp3gpp(1010, 90)))))
  say(4, rar(avp3gpp(1002, [avp3gpp(1005, 'news')])))
  say(
    5,
    rar(
      install(
        definition(
          'late',
          avp(432, 40),
          avp3gpp(1010, 5),
          flow('permit out 17 from any 53 to any'),
        ),
      ),
    ),
  )
  // repeated: nothing changes
  say(6, rar(install(definition('web', avp3gpp(1010, 90)))))
  say(7, ccr(3, false))
  t.strictSame(run.changes, [
    '2 installed web 100 2',
    '2 installed news 10 1',
    '3 changed web 90 2',
    '4 removed news 10 1',
    '5 installed late 5 1',
  ])
  const { set, left, total, represented } = setOf(run)
  t.match(
    set.level1.map(({ name, precedence, unsupported }) => [name, precedence, unsupported]),
    [
      ['late', 5, /^in force from 1970-01-01T00:00:05\.000000Z \(frame 5\) to .*\(frame 7\)$/],
      ['news', 10, /\(frame 2\) to .*\(frame 4\)$/],
      ['web', 90, /\(frame 3\) to .*\(frame 7\)$/],
      ['web', 100, /\(frame 2\) to .*\(frame 3\)$/],
    ],
  )
  t.match(
    set.charges.map(({ id, serviceId, online }) => [id, serviceId, online]),
    [[20, 5, true], [30], [40]],
  )
  t.strictSame(
    set.level1[2]?.conditions.map(({ key, expected }) => `${key} ${expected}`),
    ['server 192.0.2.80/32', 'protocol tcp', 'port 80', 'ue 10.45.0.7/32', 'apn equals internet'],
  )
  t.match(left, [{ file: 'x.pcap', line: 2, text: 'predefined', precedence: 0 }])
  t.equal(total - represented, 1)
})

t.test('Gx: an answer that refuses installs nothing, a report takes away', async t => {
  const run = stage()
  const rules = new GxRules(run.book)
  const say = (octets: Uint8Array) =>
    rules.message(octets, 0, octets.length, { timeUs: 0, frame: 1 }, new Fault())
  const web = install(definition('web', avp(432, 20), flow('permit out ip from any to any')))
  say(ccr(1, true, avp(268, 5003), web))
  t.strictSame(run.changes, [])
  say(ccr(1, true, avp(268, 2001), web))
  // PCC-Rule-Status INACTIVE
  say(ccr(2, false, avp3gpp(1018, [avp3gpp(1005, 'web'), avp3gpp(1019, 1)])))
  t.strictSame(run.changes, ['1 installed web -1 1', '1 removed web -1 1'])
})

/** Create PDR: precedence, source interface, SDF filter, URR. */
function pdr(id: number, precedence: number, side: number, sdf: string | undefined, urr: number) {
  const text = [...Buffer.from(sdf ?? '')]
  const filter = sdf === undefined ? [] : [pie(23, [1, 0], u16(text.length), text)]
  const pdi = pie(2, pie(20, [side]), pie(93, [2], address('10.45.0.7')), ...filter)
  return pie(1, pie(56, u16(id)), pie(29, u32(precedence)), pdi, pie(81, u32(urr)))
}

t.test('PFCP: rules of a session, both directions once', async t => {
  const run = stage()
  const rules = new PfcpRules(run.book)
  const say = (frame: number, octets: readonly number[], from = 'cp', to = 'up') => {
    const buf = Uint8Array.from(octets)
    t.ok(
      rules.datagram(buf, 0, buf.length, from, to, { timeUs: frame * 1e6, frame }, new Fault()),
      `frame ${frame}`,
    )
  }
  const web = 'permit out 6 from 192.0.2.80 80 to assigned'
  say(
    1,
    pfcp(
      50,
      0,
      1,
      pfcpIe.fSeid(1, '192.0.2.1'),
      pfcpIe.dnn('internet'),
      pdr(1, 100, 0, web, 7),
      pdr(2, 100, 1, web, 7),
      pdr(3, 255, 1, undefined, 8),
    ),
  )
  say(2, pfcp(51, 1, 1, pfcpIe.cause(1), pfcpIe.fSeid(9, '192.0.2.2')), 'up', 'cp')
  // Update PDR 3: another precedence
  say(3, pfcp(52, 9, 2, pie(9, pie(56, u16(3)), pie(29, u32(200)))))
  say(4, pfcp(53, 1, 2, pfcpIe.cause(1)), 'up', 'cp')
  // a removal that the user plane refuses
  say(5, pfcp(52, 9, 3, pie(15, pie(56, u16(1)))))
  say(6, pfcp(53, 1, 3, pfcpIe.cause(64)), 'up', 'cp')
  say(7, pfcp(54, 9, 4))
  say(8, pfcp(55, 1, 4, pfcpIe.cause(1)), 'up', 'cp')
  t.strictSame(run.changes, [
    '1 installed PDR 1 100 1',
    '1 installed PDR 2 100 1',
    '1 installed PDR 3 255 0',
    '4 changed PDR 3 200 0',
  ])
  const { set, left } = setOf(run)
  t.strictSame(left, [])
  t.match(
    set.level1.map(({ precedence, unsupported }) => [precedence, unsupported]),
    [
      [100, undefined],
      [200, /in force from/],
      [255, /in force from .* to/],
    ],
  )
  t.strictSame(
    set.charges.map(({ name }) => name),
    ['URR 7', 'URR 8'],
  )
})

t.test('PFCP: a refused session had no rules', async t => {
  const run = stage()
  const rules = new PfcpRules(run.book)
  const say = (octets: readonly number[], from: string, to: string) =>
    rules.datagram(
      Uint8Array.from(octets),
      0,
      octets.length,
      from,
      to,
      { timeUs: 0, frame: 1 },
      new Fault(),
    )
  say(pfcp(50, 0, 1, pfcpIe.fSeid(1, '192.0.2.1'), pdr(1, 1, 0, undefined, 1)), 'cp', 'up')
  say(pfcp(51, 1, 1, pfcpIe.cause(64)), 'up', 'cp')
  t.equal(setOf(run).set.level1.length, 0)
  t.strictSame(run.changes, ['1 installed PDR 1 1 0', '1 removed PDR 1 1 0'])
})

const captures = fileURLToPath(new URL('../../../../shared/captures/', import.meta.url))
const magma = `${captures}magma__gx_gy_combined_03_210505_132953-1.pcapng`

t.test('a real capture of Gx', async t => {
  if (!existsSync(magma)) {
    t.comment('shared captures not here: Gx of a real core not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
    return
  }
  const changes: RuleChange[] = []
  const rules = new SignalledRules(change => changes.push(change))
  const source = await openSource([magma])
  await rules.run(source)
  await source.close()
  t.match(changes, [
    {
      at: { frame: 46 },
      action: 'installed',
      rule: { name: 'DEFAULT1-QCI9', ratingGroup: 9, serviceId: 59 },
    },
  ])
  t.strictSame(
    [...(rules.sessions.find(one => one.rules.size > 0)?.predefined.keys() ?? [])],
    ['PCC100-QCI1-STATIC', 'PCC101-QCI2-STATIC', 'PCC102-QCI3-STATIC'],
  )
})
