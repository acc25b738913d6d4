/** The twelve kept captures of the laboratory against what the laboratory itself wrote down: who attached
 * where, with which TEIDs, what was refused; and every user packet finds its context. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { PacketKind } from '../../src/dissect/packet-view.js'
import type { PdpContext } from '../../src/session/pdp-context.js'
import type { SessionEventData } from '../../src/session/session-event.js'
import { Sessions } from '../../src/session/sessions.js'
import {
  capturesOf,
  eachPacket,
  haveShared,
  isControl,
  readJson,
  sharedCaptures,
} from './capture.js'

interface LabSession {
  imsi: string
  msisdn: string
  imeisv: string
  apn: string
  nsapi: number
  gtp_version: number
  sgsn: string
  ggsn: string
  uli: string
  ue_ip: string | null
  accepted: boolean
  cause: number
  pdp?: { ggsn_usr: [string, number]; sgsn_usr: [string, number] } | null
  tun_totals?: { up_pkts: number; up_bytes: number; down_pkts: number; down_bytes: number }
}

interface Traffic {
  packets: [up: number, down: number]
  octets: [up: number, down: number]
}

/** `1.460.01.4660.22136` of the laboratory is the SAI of our text. */
function uliText(lab: string): string {
  const [, mcc, mnc, lac, sac] = lab.split('.')
  return `sai ${mcc}-${mnc}-${lac}-${sac}`
}

if (haveShared()) {
  const lab = join(sharedCaptures, 'lab')
  for (const file of capturesOf(lab)) {
    const json = join(lab, file.name.replace('.pcap', '.json'))
    if (!existsSync(json)) continue
    t.test(file.name, async t => {
      const expected = readJson<{ sessions: LabSession[] }>(json).sessions
      const contexts: PdpContext[] = []
      const traffic: Traffic[] = []
      const events: SessionEventData[] = []
      const problems: string[] = []
      const sessions = new Sessions({
        onOpen: row => {
          contexts.push(sessions.contexts.get(row))
          traffic.push({ packets: [0, 0], octets: [0, 0] })
        },
        onEvent: event => events.push(event),
        faults: { count: (l, c) => problems.push(`fault ${l} ${c}`) },
      })
      await eachPacket(file.path, view => {
        if (isControl(view)) sessions.control(view)
        if (view.kind !== PacketKind.User) return
        const tunnel = sessions.tunnel(view)
        if (tunnel < 0) {
          problems.push(`frame ${view.frame} has no context`)
          return
        }
        const sum = traffic[sessions.contexts.get(tunnel >> 1).context - 1]!
        const direction = (tunnel & 1) as 0 | 1
        sum.packets[direction] += view.packets
        sum.octets[direction] += view.octets
      })
      sessions.end()
      t.strictSame(problems, [])

      const accepted = expected.filter(s => s.accepted)
      t.strictSame(
        contexts.map(c => ({
          imsi: c.imsi,
          msisdn: c.msisdn,
          imei: c.imei,
          apn: c.apn,
          bearer: c.bearer,
          version: c.gtpVersion,
          sgsn: c.sgsn,
          ggsn: c.ggsn,
          uli: c.uli,
          ue: c.ueV4,
          plmn: c.servingPlmn,
          end: c.endReason,
        })),
        accepted.map(s => ({
          imsi: s.imsi,
          msisdn: s.msisdn,
          imei: s.imeisv,
          apn: s.apn,
          bearer: s.nsapi,
          version: s.gtp_version,
          sgsn: s.sgsn,
          ggsn: s.ggsn,
          uli: uliText(s.uli),
          ue: s.ue_ip,
          plmn: '460-01',
          end: 'deleted',
        })),
      )
      const withTeids = accepted.flatMap((s, i) => (s.pdp ? [{ s, c: contexts[i]! }] : []))
      t.strictSame(
        withTeids.map(({ c }) => [c.teidUp, c.teidDown]),
        withTeids.map(({ s }) => [s.pdp!.ggsn_usr[1], s.pdp!.sgsn_usr[1]]),
      )
      t.strictSame(
        events.filter(e => e.event === 'rejected').map(e => [e.imsi, e.msisdn, e.apn, e.cause]),
        expected.filter(s => !s.accepted).map(s => [s.imsi, s.msisdn, s.apn, s.cause]),
      )
      t.strictSame(
        events.filter(e => e.event === 'create-request').map(e => [e.imsi, e.apn]),
        expected.map(s => [s.imsi, s.apn]),
      )
      t.strictSame(
        traffic.map(x => x.octets),
        accepted.map(s => [s.tun_totals!.up_bytes, s.tun_totals!.down_bytes]),
        'octets of each context are those of its own tunnel interface',
      )
      t.equal(sessions.counts.subscribers, new Set(accepted.map(s => s.imsi)).size)
    })
  }
}
