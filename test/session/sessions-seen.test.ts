/** How many contexts and subscribers the shared captures hold: S11 and S5/S8 of one session count once. */

import { join } from 'node:path'
import t from 'tap'
import { Sessions } from '../../src/session/sessions.js'
import { eachPacket, haveShared, isControl, sharedCaptures } from './capture.js'

/** [capture, contexts created, still live at the end, distinct subscribers, why] */
const expected: readonly [string, number, number, number, string][] = [
  ['magma__inbound_roaming_01_210505_130828-1.pcapng', 1, 0, 1, 'S8 only'],
  ['ndpi__gtp_c.pcap', 1, 0, 1, 'S5/S8 only'],
  ['tempo__NSA-MERGE.pcap', 1, 1, 1, 'S11 only; two eNodeBs one after the other'],
  ['tempo__Oppo_OppoMME.pcap', 1, 1, 1, 'S11 only'],
  ['tempo__Oppo_SPGWC_OppoSPGWC.pcap', 1, 1, 1, 'two create requests: S11 and S5/S8'],
  ['tempo__quectelspgwc.pcap', 2, 1, 1, 'four create requests: S11 and S5/S8 of two attaches'],
  ['tempo__s1ap.pcap', 1, 0, 1, 'the modification is refused with cause 72'],
  ['traffic-factory__4G_GTPv1_gtpv1-ready.pcap', 1, 1, 1, 'Gn'],
  ['zeek__gtp_create_pdp_ctx.pcap', 1, 1, 1, 'Gn'],
  [
    'zeek__pdp_ctx_messages.pcapng',
    3,
    2,
    2,
    'the SGSN restarts (recovery 3 -> 4) before its third',
  ],
  ['derived__scapy_gtp_frames.pcap', 2, 2, 0, 'two responses whose requests are not there'],
  ['zeek__gtp10_not_0xff.pcap', 0, 0, 0, 'echoes, and an Error Indication about nothing known'],
]

if (haveShared()) {
  for (const [name, created, live, subscribers, why] of expected) {
    t.test(`${name}: ${why}`, async t => {
      const sessions = new Sessions({ faults: { count: () => {} } })
      await eachPacket(join(sharedCaptures, name), view => {
        if (isControl(view)) sessions.control(view)
      })
      sessions.end()
      const { counts } = sessions
      t.strictSame(
        [counts.created, sessions.contexts.live, counts.subscribers],
        [created, live, subscribers],
      )
      t.equal(counts.created - counts.closed, live)
    })
  }
}
