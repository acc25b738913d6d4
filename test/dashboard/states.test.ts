/** States of the title, and what an empty screen says (interface.md 5.2). */

import t from 'tap'
import type { FixtureLine } from '../../src/dashboard/fixture-source.js'
import type { Overview } from '../../src/record/snapshot.js'
import { StandIn, script, shiftMs } from './stand-in.js'

const [, , third] = script('shift')
const shift = third?.overview as Overview

function lines(overview: Partial<Overview>): FixtureLine[] {
  return [{ at: 0, overview: { ...shift, ...overview } }]
}

async function titleOf(overview: Partial<Overview>, width = 120): Promise<string> {
  const standIn = new StandIn(lines(overview), width)
  await standIn.settle()
  const [title = ''] = standIn.lines
  await standIn.end()
  return title
}

t.test('without a daemon: CONNECTING, its path, what to do', async t => {
  const standIn = new StandIn([])
  await standIn.settle()
  t.match(standIn.lines[0], /tollgate CONNECTING \| \/run\/tollgate\/tollgated\.sock \| try 1/)
  t.match(standIn.text, /No daemon on \/run.*\n\n {3}try: systemctl start tollgated/)
  t.match(standIn.text, /q Quit/)
  await standIn.press('q')
  t.equal(standIn.quits, 1)
  await standIn.end()
})

t.test('LOST: the age counts, values stay, filter and focus too; LIVE again', async t => {
  const rows = script('shift')
  const standIn = new StandIn([...rows, { at: 0.05, close: true }, { at: 0.25, open: true }])
  await standIn.settle()
  await standIn.press('2', 'down', '/')
  await standIn.type('verdict == CHRG')
  await standIn.press('enter', 'down')
  const before = standIn.lines.slice(4, 8)
  await new Promise(resolve => setTimeout(resolve, 120))
  standIn.nowMs += 14_000
  await standIn.settle()
  t.match(standIn.lines[0], /tollgate LOST 00:14 .* shown: 15:04:37, 14 s old/)
  t.strictSame(standIn.lines.slice(4, 8), before, 'rows stay')
  t.ok(
    standIn.drawn[7]?.every(part => part.style === 'dim' || part.text.trim() === ''),
    'and are dim',
  )
  standIn.nowMs = shiftMs
  await new Promise(resolve => setTimeout(resolve, 200))
  await standIn.settle()
  t.match(standIn.lines[0], /tollgate LIVE/)
  t.match(standIn.lines[2], /Filter: verdict == CHRG +3 of 8/)
  t.match(standIn.lines[6], /^> /, 'the focus is where it was')
  await standIn.end()
})

t.test('STALE after three refreshes without news', async t => {
  const standIn = new StandIn([...script('shift'), { at: 0, silent: true }])
  await standIn.settle()
  const live = new StandIn(script('shift'))
  await live.settle()
  live.nowMs += 6000
  live.app.draw()
  t.match(live.lines[0], /tollgate STALE 6s \| dhk-probe-02 .* no update from the daemon for 6 s/)
  await live.end()
  await standIn.end()
})

t.test('drops stand out on every screen', async t => {
  const interfaces = shift.interfaces.map(one => ({ ...one, kernel_drops: 412 }))
  const standIn = new StandIn(lines({ drop_share: 0.0321, interfaces }))
  await standIn.settle()
  for (const key of ['1', '2', '3', '4', '5', '6']) {
    await standIn.press(key)
    const part = standIn.drawn[0]?.find(one => one.text.startsWith('DROP'))
    t.strictSame(part, { text: 'DROP 3.21%', style: 'bold' }, key)
  }
  await standIn.press('1')
  t.match(standIn.text, /kernel drop 412/)
  t.match(await titleOf({ drop_share: 0.000001 }), /DROP <0\.01%/)
  await standIn.end()
})

t.test('rules that were refused, an interface that is down, a file', async t => {
  const rules = { ...shift.rules, refused: '20-free.yaml:8:31: unknown tariff "fre"' }
  t.match(await titleOf({ rules }), /RULES BAD, v418 KEPT/)
  t.match(await titleOf({ rules }, 80), /RULES BAD, v418 KEPT \| drop 0\.00% \| 3 alerts/)
  const [eth1, ...others] = shift.interfaces
  const interfaces = [{ ...eth1, up: false } as (typeof shift.interfaces)[0], ...others]
  t.match(await titleOf({ interfaces }), /eth1 DOWN,eth2/)
  const file = {
    name: 'gtp.pcap.gz',
    octets_read: 310e6,
    octets_total: 500e6,
    done: false,
    damage: [],
  }
  const reading: Partial<Overview> = {
    mode: 'file',
    file,
    interfaces: [],
    started_us: shift.now_us - 5e6,
  }
  t.match(
    await titleOf(reading, 160),
    /tollgate FILE gtp\.pcap\.gz \| 62% 310 MB of 500 MB \| 43\.0 M pkt\/s \| left 00:03/,
  )
  const cut = { ...file, done: true, damage: ['gtp.pcap.gz: cut short in packet 4120331'] }
  t.match(await titleOf({ ...reading, file: cut }), /done, 215,000,000 packets \| CUT SHORT/)
})

t.test('the empty screens say why, and what next', async t => {
  const text = async (
    overview: Partial<Overview>,
    keys: readonly string[] = [],
    rows: FixtureLine[] = [],
  ) => {
    const standIn = new StandIn([...rows, ...lines(overview)])
    await standIn.settle()
    for (const key of keys) await standIn.press(key)
    const shown = standIn.text
    await standIn.end()
    return shown
  }
  const nothing = { packets: 0, user_packets: 0, control_messages: 0 }
  t.match(await text(nothing), /No packets seen yet on eth1, eth2\.[\s\S]*status --capture/)
  const noGtp = {
    packets: 18,
    user_packets: 0,
    control_messages: 0,
    found: { 'ip without tunnel': 18 },
  }
  t.match(
    await text(noGtp, ['2']),
    /No GTP packets seen yet on eth1, eth2\.[\s\S]*18 packets arrived, none of them GTP\.[\s\S]*18 ip without tunnel[\s\S]*Check the mirror port/,
  )
  t.match(
    await text({ alerts: { new: 0, ack: 0, cleared_today: 18 } }, ['5']),
    /No alerts\. 18 cleared today\./,
  )
  const filter = ['2', '/', ...'imsi == 1', 'enter']
  t.match(
    await text({}, filter, script('shift')),
    /No flow matches the filter\. Esc clears it\.\n\n {3}8 without it/,
  )
})

t.test('a pause stands still and says what it misses', async t => {
  const standIn = new StandIn(script('shift'))
  await standIn.settle()
  await standIn.press('2', 'p')
  const rows = standIn.lines.slice(3, -1)
  standIn.nowMs += 31_000
  const source = standIn.app.stage.source as unknown as { rows: unknown }
  t.ok(source.rows)
  standIn.app.stage.scene.paused = {
    sinceMs: shiftMs,
    live: { ...shift, flows: shift.flows + 41_204 },
  }
  await standIn.settle()
  t.match(
    standIn.lines[0],
    /tollgate PAUSED 00:31 .* probe still running \| \+41,204 flows since \| 3 alerts/,
  )
  t.strictSame(standIn.lines.slice(3, -1), rows)
  await standIn.press('p')
  t.match(standIn.lines[0], /tollgate (LIVE|STALE)/)
  await standIn.end()
})

t.test('a new alert rings once and marks the title until it is looked at', async t => {
  const more = { ...shift, alerts: { ...shift.alerts, new: 4 } }
  const standIn = new StandIn([...lines({}), { at: 0.03, overview: more }], 120, 36, { bell: true })
  await standIn.settle()
  t.equal(standIn.bells, 0)
  await new Promise(resolve => setTimeout(resolve, 60))
  await standIn.settle()
  t.equal(standIn.bells, 1)
  const mark = () => standIn.drawn[0]?.find(one => one.text.includes('alerts'))?.style
  t.equal(mark(), 'bold')
  await standIn.press('5')
  t.equal(mark(), 'inverse')
  await standIn.end()
})
