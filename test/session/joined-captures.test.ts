/** Sessions of the shared captures that PFCP or Gx show and no GTP-C: addresses, tunnels and subscribers as
 * tshark reads them in the same frames, and whose the packets are. */

import { join } from 'node:path'
import t from 'tap'
import { openSource } from '../../src/source/open-source.js'
import { run } from '../helpers/run.js'
import { haveShared, sharedCaptures } from './capture.js'

/** file; contexts as `source imsi ue uplink downlink`; flows as `imsi ue uplink: packets` */
const expected: readonly [file: string, contexts: string[], flows: string[]][] = [
  [
    'tempo__multiple_ue.pcap',
    ['pfcp - 10.1.1.2 0x00000001 0x00000001', 'pfcp - 10.1.1.3 0x00000002 0x00000002'],
    ['- 10.1.1.2 0x00000001', '- 10.1.1.3 0x00000002'],
  ],
  [
    '5gtracevis__free5gc.pcap',
    ['pfcp - 60.60.0.1 0x00000001 0x00000001'],
    ['- 60.60.0.1 0x00000001'],
  ],
  ['5gincore__5GSA-execution.pcapng', ['pfcp - 12.2.1.2 0x0b1df2e3 0x00000001'], []],
  [
    'traffic-factory__5G_PFCP_UPF-to-SMF-during-UE-init.pcap',
    ['pfcp 208930123000001 10.45.0.5 0x0000000e 0x00000003'],
    [],
  ],
  ['pfcpcore__tc1.pcap', ['pfcp - 14.0.0.2 0x00000001 0x00000001'], []],
  ['tempo__pfcp_fail.pcap', [], []],
  [
    'magma__gx_gy_combined_03_210505_132953-1.pcapng',
    ['gx 999991234567810 172.17.241.255 - -'],
    ['999991234567810 172.17.241.255 -'],
  ],
]

if (haveShared()) {
  for (const [file, contexts, flows] of expected) {
    t.test(file, async t => {
      const found = await run(await openSource([join(sharedCaptures, file)]))
      const shown = found.subscribers.flatMap(({ imsi = '-', contexts }) =>
        contexts.map(c =>
          [c.source, imsi, c.ue_v4, c.teid_up ?? '-', c.teid_down ?? '-'].join(' '),
        ),
      )
      t.same(shown, contexts)
      const owned = found.flows.map(f => `${f.imsi ?? '-'} ${f.ue} ${f.teid_up ?? '-'}`)
      t.same([...new Set(owned)].sort(), flows)
      t.ok(found.flows.every(f => f.direction === 'known'))
    })
  }

  t.test('two attaches with PFCP and GTP-C on two interfaces are two contexts', async t => {
    const path = join(sharedCaptures, 'tempo__quectelspgwc.pcap')
    const { subscribers } = await run(await openSource([path]))
    t.same(
      subscribers.map(s => [s.imsi, s.contexts.map(c => [c.context, c.gtp_version, c.ue_v4])]),
      [
        [
          '505010000000001',
          [
            [1, 2, '12.1.1.2'],
            [2, 2, '12.1.1.2'],
          ],
        ],
      ],
    )
  })
}
