/** Tunnels, sessions, addresses and users that PfcpMessage and RadiusMessage give to whoever joins sessions, against
 * what tshark finds anywhere in the same captures. */

import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind, type PacketView } from '../../src/dissect/packet-view.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { pfcpPort } from '../../src/wire/pfcp.js'
import { type PfcpMessage, readPfcp } from '../../src/wire/pfcp-message.js'
import type { PfcpFTeid, PfcpUeIp } from '../../src/wire/pfcp-value.js'
import { radiusPorts } from '../../src/wire/radius.js'
import { type RadiusMessage, readRadius } from '../../src/wire/radius-message.js'
import { capturesOf, haveShared, readJson, sharedCaptures } from '../session/capture.js'

interface Truth {
  pfcp: Readonly<Record<string, number>>
  radius: Readonly<Record<string, number>>
  radius_messages: readonly Readonly<Record<string, unknown>>[]
  identifiers: Readonly<Record<string, Readonly<Record<string, number>>>>
}

/** Messages that the decoder calls damaged, and why. */
const damaged: Readonly<Record<string, string>> = {
  'tcpdump__RADIUS-RFC3162.pcap': 'prefixes that RFC 3162 forbids, to see what a decoder does',
}

async function messages(path: string): Promise<{
  pfcp: PfcpMessage[]
  radius: RadiusMessage[]
  faults: string[]
}> {
  const found = { pfcp: [] as PfcpMessage[], radius: [] as RadiusMessage[], faults: [] as string[] }
  const fault = new Fault()
  const take = (view: PacketView) => {
    const { buf, payloadOff, payloadEnd, srcPort, dstPort } = view
    if (view.protocol !== 17) return
    const on = (port: number) => srcPort === port || dstPort === port
    fault.clear()
    if (on(pfcpPort)) {
      const message = readPfcp(buf, payloadOff, payloadEnd, fault)
      if (message !== undefined) found.pfcp.push(message)
    } else if (radiusPorts.some(on)) {
      const message = readRadius(buf, payloadOff, payloadEnd, fault)
      if (message !== undefined) found.radius.push(message)
    }
    if (fault.code !== FaultCode.None) found.faults.push(`${view.frame} ${fault.key}`)
  }
  const source = await openSource([path])
  const dissector = new Dissector({ plainIp: true })
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) === PacketKind.Plain) take(dissector.view)
    }
  }
  await source.close()
  return found
}

function counted(values: Iterable<string | number>): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1
  return counts
}

const teid = (value: number): string => `0x${(value >>> 0).toString(16).padStart(8, '0')}`

function fTeids(message: PfcpMessage): PfcpFTeid[] {
  const pdis = [
    ...message.pdrs.map(pdr => pdr.pdi),
    ...message.trafficEndpoints.map(one => one.pdi),
  ]
  const asked = pdis.flatMap(pdi => pdi?.fTeids ?? [])
  return [...asked, ...message.pdrs.flatMap(pdr => pdr.fTeids), ...message.errorIndications]
}

function ueIps(message: PfcpMessage): PfcpUeIp[] {
  const pdis = [
    ...message.pdrs.map(pdr => pdr.pdi),
    ...message.trafficEndpoints.map(one => one.pdi),
  ]
  return [...pdis.flatMap(pdi => pdi?.ueIps ?? []), ...message.pdrs.flatMap(pdr => pdr.ueIps)]
}

/** The names that tshark's list has, each in the model as often as `value` says. */
function identifiers(all: readonly PfcpMessage[]): Record<string, string[]> {
  const outer = all.flatMap(one => one.fars.map(far => far.forwarding?.outerHeader?.teid))
  const users = all.map(one => one.userId)
  return {
    'teid.pfcp_f_teid': all
      .flatMap(fTeids)
      .flatMap(one => (one.teid === undefined ? [] : [teid(one.teid)])),
    'teid.pfcp_ohc_teid': outer.flatMap(one => (one === undefined ? [] : [teid(one)])),
    'teid.pfcp_seid': all
      .flatMap(one => [one.seid ?? '', one.fSeid?.seid ?? ''])
      .filter(one => one !== ''),
    'pfcp.ue_ip': all
      .flatMap(ueIps)
      .flatMap(one => [one.v4 ?? '', one.v6 ?? ''])
      .filter(one => one !== ''),
    'pfcp.imsi': users.flatMap(one => one?.imsi ?? []),
  }
}

/** go-pfcp's examples name tunnels and addresses in elements of ATSSS, multicast and the like too, and ndpi's
 * random ones put elements where none belong. The model does not look there; tshark-fields.test.ts does. */
const elsewhere = new Set(['derived__go-pfcp_messages.pcap', 'ndpi__pfcp.pcapng'])

if (haveShared()) {
  for (const { name, path, truth: file } of capturesOf(sharedCaptures)) {
    const truth = readJson<Truth>(file)
    if (Object.keys(truth.pfcp).length + Object.keys(truth.radius).length === 0) continue
    const found = await messages(path)
    if (damaged[name] === undefined) t.strictSame(found.faults, [], `${name}: nothing damaged`)
    else t.ok(found.faults.length > 0, `${name}: ${damaged[name]}`)
    const types = Object.values(truth.pfcp).reduce((sum, count) => sum + count, 0)
    t.equal(found.pfcp.length, types, `${name}: PFCP messages`)
    t.strictSame(counted(found.radius.map(one => one.code)), truth.radius, `${name}: RADIUS codes`)
    for (const [list, values] of Object.entries(identifiers(found.pfcp))) {
      if (elsewhere.has(name)) continue
      t.strictSame(counted(values), truth.identifiers[list] ?? {}, `${name}: ${list}`)
    }
    t.strictSame(
      found.radius.map(one => [one.userName, one.callingStationId, one.sessionId, one.status]),
      truth.radius_messages.map(row => [
        first(row.user),
        first(row.calling),
        first(row.session),
        row.status === undefined ? undefined : Number(first(row.status)),
      ]),
      `${name}: who and what`,
    )
  }
}

function first(values: unknown): string | undefined {
  return Array.isArray(values) ? String(values[0]) : undefined
}
