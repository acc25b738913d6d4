/** What capture programs say, understood: their failures, their counts; and what the kernel says. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { capEngine } from '../../src/source/live/cap.js'
import { dumpcapEngine } from '../../src/source/live/dumpcap.js'
import { interfaceFacts } from '../../src/source/live/interface-facts.js'
import { interfaceNames, startFailure } from '../../src/source/live/live-failure.js'
import { tcpdumpEngine } from '../../src/source/live/tcpdump.js'

const tcpdump = tcpdumpEngine('/usr/bin/tcpdump')
const dumpcap = dumpcapEngine('/usr/bin/dumpcap')

t.test('failures by their words', async t => {
  const cases = [
    [
      tcpdump,
      "tcpdump: can't parse filter expression: syntax error",
      'filter',
      'capture filter: syntax error',
    ],
    [
      tcpdump,
      "tcpdump: unknown host 'x.invalid'",
      'filter',
      "capture filter: unknown host 'x.invalid'",
    ],
    [
      tcpdump,
      'tcpdump: expression rejects all packets',
      'filter',
      'capture filter: expression rejects all packets',
    ],
    [tcpdump, 'tcpdump: e0: That device is not up', 'down', 'e0: interface is down'],
    [
      tcpdump,
      'tcpdump: e0: SIOCETHTOOL failed: Bad address',
      'tool',
      'e0: tcpdump: e0: SIOCETHTOOL failed: Bad address',
    ],
    [tcpdump, '', 'tool', 'e0: tcpdump: ended without a word'],
    [
      dumpcap,
      "Capturing on 'e0'\ndumpcap: Invalid capture filter \"a b\" for interface 'e0'.\n\nThat string isn't a valid capture filter (can't parse filter expression: syntax error).",
      'filter',
      'capture filter: syntax error',
    ],
    [
      dumpcap,
      'dumpcap: Device "e0" is not up.\n(That device is not up)',
      'down',
      'e0: interface is down',
    ],
    [
      tcpdump,
      "tcpdump: e0: You don't have permission to perform this capture on that device",
      'permission',
      'e0: capture not permitted',
    ],
  ] as const
  for (const [engine, words, trouble, message] of cases) {
    const failure = startFailure(engine, 'e0', words)
    t.equal(failure.trouble, trouble, words)
    t.equal(failure.message, message)
  }
})

t.test('counts', async t => {
  const counts = { captured: 0, kernel: 0, queue: 0 }
  const line = '12 packets captured, 30 packets received by filter, 18 packets dropped by kernel'
  tcpdump.count(`tcpdump: ${line}`, counts)
  t.strictSame(counts, { captured: 12, kernel: 18, queue: 0 }, 'SIGUSR1')
  tcpdump.count('1 packet captured', counts)
  tcpdump.count('19 packets dropped by kernel', counts)
  t.strictSame(counts, { captured: 1, kernel: 19, queue: 0 }, 'the end')
  const own =
    "Packets received/dropped on interface 'e0': 100/9 (pcap:4/dumpcap:3/flushed:2/ps_ifdrop:0) (91.7%)"
  dumpcap.count(own, counts)
  t.strictSame(counts, { captured: 100, kernel: 4, queue: 5 })
  capEngine().count('cap: 7 packets captured, 2 packets dropped by queue', counts)
  t.strictSame(counts, { captured: 7, kernel: 4, queue: 2 })
})

t.test('a filter is one argument, and no option', async t => {
  const settings = { filter: '-w x', snaplen: 96, bufferKiB: 1500, immediate: false }
  t.strictSame(tcpdump.args('-i', settings).slice(0, 2), ['-i', '-i'])
  t.strictSame(tcpdump.args('e0', settings).slice(-2), ['--', '-w x'])
  t.strictSame(dumpcap.args('e0', settings).slice(-2), ['-f', '-w x'])
  t.strictSame(dumpcap.args('e0', settings).at(-3), '2', 'MiB')
  t.ok(tcpdump.args('e0', { ...settings, immediate: true }).includes('--immediate-mode'))
})

t.test('the state of an interface', async t => {
  const sys = mkdtempSync(join(tmpdir(), 'tollgate-sys-'))
  t.teardown(() => rmSync(sys, { recursive: true, force: true }))
  mkdirSync(join(sys, 'e0', 'statistics'), { recursive: true })
  const put = (file: string, text: string) => writeFileSync(join(sys, 'e0', file), `${text}\n`)
  put('flags', '0x1003')
  put('carrier', '1')
  put('carrier_down_count', '3')
  put('statistics/rx_missed_errors', '40')
  put('statistics/rx_fifo_errors', '2')
  put('statistics/rx_dropped', '999')
  t.strictSame(interfaceFacts('e0', sys), { isUp: true, downCount: 3, drops: 42 })
  put('carrier', '0')
  t.equal(interfaceFacts('e0', sys)?.isUp, false, 'no carrier')
  put('carrier', '1')
  put('flags', '0x1002')
  t.equal(interfaceFacts('e0', sys)?.isUp, false, 'not up')
  t.equal(interfaceFacts('e1', sys), undefined)
  t.equal(interfaceFacts('../e0', sys), undefined)
})

t.test('the interfaces of this host', async t => {
  t.ok(interfaceNames().includes('lo'))
  t.strictSame(interfaceNames('/nowhere'), [])
})
