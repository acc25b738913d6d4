/** Inner flows of a capture as `replay` counts them, one direction a line, as tshark's truth has them. */

import type { Dedupe } from '../../src/dissect/duplicate-filter.js'
import type { FlowRecord } from '../../src/record/flow-record.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { openSource } from '../../src/source/open-source.js'
import { run } from '../helpers/run.js'
import type { TruthRow } from './lists.js'

const protocolNumbers: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  sctp: 132,
}

type Counts = Map<string, [packets: number, octets: number]>

function add(
  to: Counts,
  from: string,
  into: string,
  protocol: string,
  ports: readonly [number | undefined, number | undefined],
  packets: number,
  octets: number,
): void {
  if (packets === 0) return
  const number = protocolNumbers[protocol] ?? protocol
  const key = `${from} ${into} ${number} ${ports[0] ?? '-'} ${ports[1] ?? '-'}`
  const sum = to.get(key) ?? [0, 0]
  to.set(key, [sum[0] + packets, sum[1] + octets])
}

function lines(counts: Counts): string[] {
  return [...counts].map(([key, [packets, octets]]) => `${key}: ${packets} ${octets}`)
}

/** tshark counts a packet at each point where it was captured, as `dedupe` off does. */
export async function replayedFlows(path: string, dedupe: Dedupe): Promise<string[]> {
  const { flows } = await run(await openSource([path]), { dedupe })
  const counts: Counts = new Map()
  for (const flow of flows) {
    const { ue, server, protocol } = flow
    const [near, far] = portsOf(flow)
    add(counts, ue, server, protocol, [near, far], flow.up_packets, flow.up_bytes)
    add(counts, server, ue, protocol, [far, near], flow.down_packets, flow.down_bytes)
  }
  return lines(counts)
}

/** Packets and octets that were charged or left out as copies: the same whether copies are looked for or not. */
export async function countedOctets(path: string, dedupe: Dedupe): Promise<number[]> {
  const { summary } = await run(await openSource([path]), { dedupe, plainIp: true })
  const { duplicate_packets: packets = 0, duplicate_bytes: octets = 0 } = summary
  return [summary.charge_units + packets, summary.bytes + octets]
}

/** Absent in protocols without ports. */
function portsOf(flow: FlowRecord): [number | undefined, number | undefined] {
  return [flow.ue_port, flow.server_port]
}

export function truthFlows(rows: readonly TruthRow[]): string[] {
  return rows.map(row => {
    const ports = `${row.sport ?? '-'} ${row.dport ?? '-'}`
    return `${row.src} ${row.dst} ${row.proto} ${ports}: ${row.packets} ${row.ip_bytes}`
  })
}

/** What `replay` names by name, subscribers' and plain traffic alike. */
export interface Named {
  /** `GET http://wap.example/` of each transaction over HTTP */
  requests: string[]
  /** server names of TLS and QUIC, each once */
  serverNames: string[]
}

export async function replayedNames(path: string): Promise<Named> {
  const { transactions } = await run(await openSource([path]), { plainIp: true })
  const of = (...apps: readonly string[]) => transactions.filter(({ app }) => apps.includes(app))
  return {
    requests: of('http').flatMap(({ method, url }) =>
      method === undefined ? [] : [`${method} ${url}`],
    ),
    serverNames: distinct(of('tls', 'quic').map(({ host }) => host ?? '')),
  }
}

/** The same as `dissect` shows it, which the other lists compare with tshark. */
export function dissectedNames(frames: readonly FrameRecord[]): Named {
  const values = (frame: FrameRecord, name: string) => (frame.fields[name] ?? []).map(String)
  const overTcp = frames.filter(({ layers }) => layers.includes('tcp'))
  return {
    requests: overTcp.flatMap(frame => {
      const uris = values(frame, 'http.request.full_uri')
      return values(frame, 'http.request.method').map((method, i) => `${method} ${uris[i]}`)
    }),
    serverNames: distinct(
      frames.flatMap(frame => values(frame, 'tls.handshake.extensions_server_name')),
    ),
  }
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)].filter(name => name !== '')
}
