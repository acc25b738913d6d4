/** Inner flows of every shared capture against tshark's (truth/*.json): five-tuple, packets and B(p).
 * The counting rules are in the doc string of the tool that made the truth: fragments carry the ports
 * of their datagram, an IP header within ICMP or within a second GTP header is not an inner flow. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketFlag, PacketKind, type PacketView } from '../../src/dissect/packet-view.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { ipText } from '../../src/wire/octets.js'

interface TruthFlow {
  src: string
  dst: string
  proto: number
  sport: number | null
  dport: number | null
  packets: number
  ip_bytes: number
}

type Flows = Map<string, [packets: number, octets: number]>

/** Where tshark's flows are not ours: lines that only tshark has, and why. */
const onlyTshark: Record<string, { flows: string[]; why: string }> = {
  'pcapflowlab__gtpu_08_gtpu_truncated_inner_ipv4.pcap': {
    flows: ['null null 6 - -: 1 28'],
    why: 'the T-PDU ends within the inner header: without addresses it is no charge unit (2.1)',
  },
}

const withPorts = [6, 17, 132]

function add(flows: Flows, view: PacketView): void {
  const ported = withPorts.includes(view.protocol) && (view.flags & PacketFlag.NoPorts) === 0
  const ports = ported ? `${view.srcPort} ${view.dstPort}` : '- -'
  const src = ipText(view.version, view.buf, view.srcOff)
  const dst = ipText(view.version, view.buf, view.dstOff)
  const key = `${src} ${dst} ${view.protocol} ${ports}`
  const flow = flows.get(key) ?? [0, 0]
  flows.set(key, [flow[0] + view.packets, flow[1] + view.octets])
}

async function innerFlows(path: string): Promise<{ flows: Flows; faults: Record<string, number> }> {
  const source = await openSource([path])
  const dissector = new Dissector({ plainIp: false })
  const flows: Flows = new Map()
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) === PacketKind.User) add(flows, dissector.view)
    }
  }
  await source.close()
  while (dissector.expired(Infinity) !== PacketKind.None) {
    if (dissector.view.kind === PacketKind.User) add(flows, dissector.view)
  }
  return { flows, faults: dissector.faults.toRecord() }
}

function truthFlows(path: string): Flows {
  const truth: { inner_flows: TruthFlow[] } = JSON.parse(readFileSync(path, 'utf8'))
  const flows: Flows = new Map()
  for (const f of truth.inner_flows) {
    const ports = `${f.sport ?? '-'} ${f.dport ?? '-'}`
    flows.set(`${f.src} ${f.dst} ${f.proto} ${ports}`, [f.packets, f.ip_bytes])
  }
  return flows
}

function lines(flows: Flows): string[] {
  return [...flows].map(([key, [packets, octets]]) => `${key}: ${packets} ${octets}`).sort()
}

const shared = join('..', 'shared', 'captures')
if (!existsSync(shared)) {
  t.comment('shared captures not here: not compared')
  t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
} else {
  for (const folder of [shared, join(shared, 'lab')]) {
    for (const file of readdirSync(folder).filter(f => /\.pcap(ng)?$/.test(f))) {
      const { flows, faults } = await innerFlows(join(folder, file))
      const truth = join(folder, 'truth', `${file}.json`)
      if (!existsSync(truth)) t.pass(`${file}: no truth`)
      else {
        const except = onlyTshark[file]
        const wanted = lines(truthFlows(truth)).filter(line => !except?.flows.includes(line))
        const note = except === undefined ? JSON.stringify(faults) : except.why
        t.strictSame(lines(flows), wanted, `${file}: ${note}`)
      }
    }
  }
}
