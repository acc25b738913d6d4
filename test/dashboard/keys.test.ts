/** What keys do: filters, order, selection, ways there and back. */

import t from 'tap'
import { EscapeWait } from '../../src/dashboard/escape-wait.js'
import { StandIn, script, shiftMs } from './stand-in.js'

async function shift(...keys: readonly string[]): Promise<StandIn> {
  const standIn = new StandIn(script('shift'))
  await standIn.settle()
  return await standIn.press(...keys)
}

const rowsOf = (standIn: StandIn) => standIn.lines.slice(5, -2).filter(line => line.trim() !== '')

t.test('a filter leaves the rows that it lets through, and the counts', async t => {
  const standIn = await shift('2', '/')
  t.match(standIn.lines.at(-1), /Enter Apply {2}Tab Complete/)
  t.notMatch(standIn.lines.at(-1), /Quit/)
  await standIn.type('verdict == CHRG')
  await standIn.press('enter')
  t.equal(rowsOf(standIn).length, 3)
  t.ok(rowsOf(standIn).every(line => line.includes('$ CHRG')))
  t.match(standIn.lines[2], /Filter: verdict == CHRG +3 of 8 +Sort: bytes/)
  t.strictSame(standIn.remembered, ['verdict == CHRG'])
  await standIn.end()
})

t.test('a wrong filter keeps the prompt, says why, and the rows stay', async t => {
  const standIn = await shift('2')
  const before = rowsOf(standIn)
  await standIn.press('/')
  await standIn.type('hots == 1')
  await standIn.press('enter')
  t.match(standIn.lines.at(-2), /^ \/hots == 1_ +unknown field "hots", try "host"$/)
  const wrong = standIn.drawn
    .at(-2)
    ?.filter(part => part.style === 'wrong')
    .map(part => part.text)
  t.equal(wrong?.join(''), 'hots')
  t.strictSame(rowsOf(standIn), before)
  await standIn.press('escape')
  t.match(standIn.lines[2], /Filter: none/)
  await standIn.end()
})

t.test('what is typed is text: q, ?, 1, : do nothing else', async t => {
  const standIn = await shift('2', '/')
  await standIn.type('quit?:1')
  t.match(standIn.lines.at(-2), /^ \/quit\?:1_/)
  t.equal(standIn.quits, 0)
  await standIn.press('C-u')
  await standIn.type('ver')
  await standIn.press('tab')
  t.match(standIn.lines.at(-2), /^ \/verdict _/)
  await standIn.type('== CH')
  await standIn.press('tab', 'up')
  t.match(standIn.lines.at(-2), /^ \/verdict == CHRG_/, 'history')
  await standIn.press('up')
  t.match(standIn.lines.at(-2), /^ \/host contains wap_/)
  await standIn.press('down', 'down')
  t.match(standIn.lines.at(-2), /^ \/verdict == CHRG _/, 'and what was typed')
  await standIn.end()
})

t.test('Esc: overlay, selection, filter, back; then nothing', async t => {
  const standIn = await shift('3', 'enter')
  t.match(standIn.lines[2], /Filter: imsi matches "\^46001\.\{6\}0017\$" +2 of 8/)
  await standIn.press('enter')
  t.match(standIn.lines[1], /^ Flows > Flow 81/)
  await standIn.press('escape')
  await standIn.press('space', '?')
  t.match(standIn.text, /Help: Flows/)
  await standIn.press('escape')
  t.match(standIn.lines[2], /1 sel/)
  await standIn.press('escape')
  t.notMatch(standIn.lines[2], / sel/)
  await standIn.press('escape')
  t.match(standIn.lines[1], /\[3 Subscribers\]/)
  await standIn.press('escape', 'escape', 'escape')
  t.match(standIn.lines[1], /\[3 Subscribers\]/)
  t.equal(standIn.quits, 0)
  await standIn.press('2')
  t.match(standIn.lines[2], /Filter: none/, 'the filter of before')
  await standIn.end()
})

t.test('the way back keeps focus and place', async t => {
  const standIn = await shift('2', 'down', 'down', 'enter')
  t.match(standIn.lines[1], /Flow 83/)
  t.match(standIn.text, /flow 83 is not known any more/)
  await standIn.press('backspace')
  t.match(rowsOf(standIn)[2], /^> .*wapvideo/)
  await standIn.press('r')
  t.match(standIn.lines[1], /\[4 Rules\]/)
  t.match(
    standIn.lines.find(line => line.startsWith('>')),
    /^> {1}default/,
  )
  await standIn.end()
})

t.test('the focus belongs to the flow, whatever the order', async t => {
  const standIn = new StandIn([{ at: 0, make: 5000 }, ...script('shift').slice(1)])
  await standIn.settle()
  await standIn.press('2', 'end')
  const focused = () => standIn.lines.find(line => line.startsWith('>'))
  const flow = () => /Flow (\d+):/.exec(standIn.lines.at(-2) ?? '')?.[1]
  const before = flow()
  t.match(standIn.lines[2], /5,000 flows/)
  await standIn.press('S-s')
  await standIn.settle()
  t.equal(flow(), before)
  t.ok(focused()?.startsWith('> '))
  await standIn.press('home', 'pagedown', 's', 'up', 'up', 'enter')
  await standIn.settle()
  t.ok(focused()?.startsWith('> '))
  await standIn.end()
})

t.test('freeze holds the order while values change', async t => {
  const standIn = new StandIn(
    [{ at: 0, make: 3000, grow: true }, ...script('shift').slice(1)],
    120,
    36,
    { refreshMs: 250 },
  )
  await standIn.settle()
  await standIn.press('2', 'o')
  t.match(standIn.lines[2], /Sort: frozen/)
  const names = () => standIn.app.stage.scene.lists.flows.page?.rows.map(row => row.flow)
  const before = names()
  await new Promise(resolve => setTimeout(resolve, 600))
  await standIn.settle()
  t.strictSame(names(), before)
  await standIn.press('o')
  t.notMatch(standIn.lines[2], /frozen/)
  await standIn.end()
})

t.test('an acknowledgement needs a note', async t => {
  const standIn = await shift('5', 'a')
  t.match(standIn.lines.at(-2), /^ Note: _/)
  await standIn.press('enter')
  t.match(standIn.lines.at(-2), /^ Note: _/, 'an empty one is refused')
  await standIn.type('ticket 4472')
  await standIn.press('enter')
  await standIn.settle()
  t.match(rowsOf(standIn)[0], /^> A ACK/)
  await standIn.press('space')
  standIn.app.stage.quiet()
  await standIn.settle()
  t.match(standIn.lines.at(-2), /ack by noc2 15:04: "ticket 4472"/)
  await standIn.press('u')
  await standIn.settle()
  t.match(rowsOf(standIn)[0], /! NEW/)
  await standIn.end()
})

t.test('saving: what was selected, and never over a file without asking', async t => {
  const standIn = await shift('2', 'space', 'down', 'space', 'w')
  t.match(standIn.text, /\(\*\) selected 2/)
  t.match(standIn.text, /flows-20261121-150437\.ndjson/)
  standIn.existing.add('flows-20261121-150437.csv')
  await standIn.press('S-tab', 'space', 'tab', 'enter')
  await standIn.settle()
  t.match(standIn.text, /The file exists: Enter writes over it/)
  t.equal(standIn.saved.length, 0)
  await standIn.press('enter')
  await standIn.settle()
  t.match(standIn.saved[0], {
    format: 'csv',
    kind: 'flows',
    overwrite: true,
    file: 'flows-20261121-150437.csv',
  })
  t.equal(standIn.saved[0]?.rows.length, 2)
  t.notMatch(standIn.text, /Save -/)
  await standIn.end()
})

t.test('commands', async t => {
  const standIn = await shift(':')
  await standIn.type('goto 81')
  await standIn.press('enter')
  t.match(standIn.lines[1], /Flow 81/)
  await standIn.press('1', ':')
  await standIn.type('since 1m')
  await standIn.press('enter')
  t.match(standIn.lines[2], /Filter: end >= 2026-11-21T15:03:37/)
  await standIn.press(':')
  await standIn.type('nonsense')
  await standIn.press('enter')
  t.match(standIn.lines.at(-2), /unknown command "nonsense"/)
  await standIn.end()
})

t.test('Enter on the overview opens what the row is about', async t => {
  const standIn = await shift('down', 'enter')
  t.match(standIn.lines[1], /\[4 Rules\]/)
  t.match(
    standIn.lines.find(line => line.startsWith('>')),
    /wapgw\/1/,
  )
  await standIn.press('escape', 'down', 'down', 'down', 'down', 'down', 'enter')
  t.match(standIn.lines[1], /\[5 Alerts\(3\)\]/)
  t.match(rowsOf(standIn)[1], /^> /, 'the second alert')
  await standIn.press('1', 'end', 'enter')
  t.match(standIn.lines[2], /host == "wap2.operator.test"/)
  await standIn.end()
})

t.test('the Wireshark filter and the Community ID of a flow', async t => {
  const standIn = await shift('2', 'S-w')
  t.match(
    standIn.text,
    /\(gtp\.teid == 0x00004003 \|\| gtp\.teid == 0xf0004004\) && ip\.addr == 10\.45\.0\.18 && ip\.addr == 203\.0\.113\.9 && udp\.port ==\s+40012/,
  )
  t.match(standIn.text, /Community ID {2}1:/)
  await standIn.end()
})

t.test('on a wall no key acts but q, and screens take turns', async t => {
  const standIn = new StandIn(script('shift'), 120, 36, {
    wall: true,
    screens: ['overview', 'alerts'],
    rotateMs: 300,
  })
  await standIn.settle()
  await standIn.press('2', '/', 'm', 'p')
  t.match(standIn.lines[1], /\[1 Overview\]/)
  t.match(standIn.lines.at(-1), /^ q Quit/)
  t.match(standIn.lines.slice(-6).join('\n'), /04:12 {2}46001/, 'alerts are pinned')
  const seen = new Set<string>()
  for (let i = 0; i < 100 && seen.size < 2; i++) {
    await new Promise(resolve => setTimeout(resolve, 10))
    seen.add(/\[\d \w+/.exec((await standIn.settle()).lines[1] ?? '')?.[0] ?? '')
  }
  t.strictSame(new Set(['[1 Overview', '[5 Alerts']), seen)
  await standIn.press('q')
  t.equal(standIn.quits, 1)
  await standIn.end()
})

t.test('a split arrow key is an arrow, a lone Escape is an Escape', async t => {
  const seen: string[] = []
  const wait = new EscapeWait(key => seen.push(key))
  const pause = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))
  wait.key('escape', '\u001b')
  await pause(20)
  wait.key('[', '[')
  await pause(20)
  wait.key('S-a', 'A')
  t.strictSame(seen, ['up'])
  wait.key('escape', '\u001b')
  await pause(30)
  t.strictSame(seen, ['up'], 'not at once')
  await pause(60)
  t.strictSame(seen, ['up', 'escape'])
  wait.key('escape', '\u001b')
  wait.key('x', 'x')
  t.strictSame(seen, ['up', 'escape', 'escape', 'x'])
  wait.key('escape', '\u001b')
  wait.key('escape', '\u001b')
  await pause(80)
  t.strictSame(seen.slice(4), ['escape', 'escape'])
})

t.test('text of packets is shown, not obeyed', async t => {
  const standIn = await shift('2')
  t.match(standIn.text, /hostile \\x1b\[31mred/)
  await standIn.press('/')
  await standIn.type('hostile')
  await standIn.press('enter')
  t.equal(rowsOf(standIn).length, 1)
  await standIn.end()
})

t.test('the clock and the ages', async t => {
  const standIn = await shift('3')
  standIn.nowMs = shiftMs + 3_600_000
  standIn.app.draw()
  t.match(standIn.lines[5], /1h00$/)
  await standIn.end()
})
