/** Messages that lie in one packet of the shared captures, against tshark's (truth/*.json): HTTP requests and
 * responses field by field, server names, DNS questions. Messages cut over packets are the flow
 * stage's, and compared there. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind, type PacketView } from '../../src/dissect/packet-view.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { DnsMessage, tcpMessageEnd } from '../../src/wire/dns.js'
import { Fault } from '../../src/wire/fault.js'
import { HttpHead, headEnd } from '../../src/wire/http1.js'
import { BodyKind, requestBody, responseBody } from '../../src/wire/http1-body.js'
import { startsRequest, startsResponse } from '../../src/wire/http1-start.js'
import { ClientHello, HelloState } from '../../src/wire/tls-client-hello.js'
import { range } from './octets-of.js'

interface TruthMessage {
  'request.method'?: string
  'request.uri'?: string
  host?: string
  user_agent?: string
  'response.code'?: string
  content_type?: string
}

interface Truth {
  http: TruthMessage[]
  tls_sni: Record<string, number>
  dns: Record<string, number>
}

const folder = fileURLToPath(new URL('../../../../shared/captures', import.meta.url))
const fault = new Fault()
const head = new HttpHead()
const hello = new ClientHello()
const dns = new DnsMessage()

/** Where one packet is not enough, or tshark reads what is no HTTP/1.x: [only ours, only tshark's]. QUIC is
 * left out everywhere. */
const differences: Record<
  string,
  Partial<Record<keyof Lists, [number, number]>> & { why: string }
> = {
  '5gincore__upf_gtp.pcapng': { http: [1, 0], why: 'tshark waits for a body that does not come' },
  'zeek__gtp1_gn_normal_incl_fragmentation.pcap': {
    http: [1, 1],
    why: 'a body that does not come; a head cut over segments',
  },
  'ndpi__gtpu_zoom.pcap': { http: [0, 1], names: [3, 0], why: 'SSDP on UDP; retransmissions' },
  'ndpi__http-lines-split.pcap': { http: [0, 2], why: 'heads cut over segments' },
  'ndpi__http_ua_splitted_in_two_pkts.pcapng': { http: [0, 37], why: 'heads cut over segments' },
  'ndpi__waze.pcap': { http: [0, 7], why: 'heads cut over segments' },
  'ndpi__malformed_dns.pcap': { questions: [0, 4], why: 'names over 255 octets are no names' },
  'zeek__http_methods.pcap': {
    http: [0, 18],
    why: 'request lines without " HTTP/1.x" at their end',
  },
}

interface Lists {
  http: string[]
  names: string[]
  questions: string[]
}

/** DNS, mDNS, LLMNR */
const dnsPorts = [53, 5353, 5355]

/** What one capture showed. */
class Seen {
  /** `method uri host user-agent` or `status content-type` */
  readonly http: string[] = []
  readonly names = new Map<string, number>()
  readonly questions = new Map<string, number>()

  packet(view: PacketView): void {
    const tunnel = view.kind === PacketKind.User ? 'gtp:' : ''
    if (view.protocol === 6) {
      this.#http(view)
      const state = hello.decode(view.buf, view.payloadOff, view.payloadEnd, fault)
      const tls = state === HelloState.Complete || state === HelloState.Damaged
      if (tls && hello.serverName !== '') count(this.names, `${tunnel}tls:${hello.serverName}`)
    }
    if (!dnsPorts.includes(view.srcPort) && !dnsPorts.includes(view.dstPort)) return
    let { payloadOff: off, payloadEnd: end } = view
    if (view.protocol === 6) {
      end = tcpMessageEnd(view.buf, off, end)
      off += 2
    } else if (view.protocol !== 17) return
    if (end < off) return
    // a damaged message still shows the questions before the damage
    dns.decode(view.buf, off, end, fault)
    this.#questions(tunnel)
  }

  #questions(tunnel: string): void {
    for (const q of dns.questions) {
      const name = q.name === '' ? '<Root>' : q.name
      count(this.questions, `${tunnel}${name} type=${q.type} ${dns.response ? 'R' : 'Q'}`)
    }
  }

  #http(view: PacketView): void {
    const { buf, payloadEnd: end } = view
    let off = view.payloadOff
    while (off < end) {
      const request = startsRequest(buf, off, end) === 1
      if (!request && startsResponse(buf, off, end) !== 1) return
      const bodyOff = headEnd(buf, off, end)
      if (bodyOff < 0) return
      const good = request
        ? head.decodeRequest(buf, off, bodyOff, fault)
        : head.decodeResponse(buf, off, bodyOff, fault)
      if (!good) return
      this.http.push(request ? requestText(buf) : responseText(buf))
      const body = request ? requestBody(head) : responseBody(head, false, false)
      if (body !== BodyKind.None && body !== BodyKind.Length) return
      off = bodyOff + (body === BodyKind.Length ? head.contentLength : 0)
    }
  }
}

function requestText(buf: Uint8Array): string {
  const method = range(buf, head.methodOff, head.methodEnd)
  const target = range(buf, head.targetOff, head.targetEnd)
  const host = range(buf, head.hostOff, head.hostEnd)
  return `${method} ${target} ${host} ${range(buf, head.userAgentOff, head.userAgentEnd)}`
}

function responseText(buf: Uint8Array): string {
  return `${head.status} ${range(buf, head.contentTypeOff, head.contentTypeEnd)}`
}

function truthText(message: TruthMessage): string {
  if (message['request.method'] === undefined) {
    return `${message['response.code']} ${message.content_type ?? '(absent)'}`
  }
  const { host, user_agent } = message
  const line = `${message['request.method']} ${message['request.uri']}`
  return `${line} ${host ?? '(absent)'} ${user_agent ?? '(absent)'}`
}

function count(map: Map<string, number>, key: string): void {
  map.set(key, (map.get(key) ?? 0) + 1)
}

async function look(path: string): Promise<Seen> {
  const source = await openSource([path])
  const dissector = new Dissector({ plainIp: true })
  const seen = new Seen()
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      const kind = dissector.decode(batch, i)
      if (kind === PacketKind.User || kind === PacketKind.Plain) seen.packet(dissector.view)
    }
  }
  await source.close()
  return seen
}

t.test('messages of the shared captures', async t => {
  if (!existsSync(`${folder}/truth`)) {
    t.comment('shared captures not here: HTTP, TLS and DNS messages not compared')
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'they are required')
    return
  }
  let compared = 0
  for (const file of readdirSync(`${folder}/truth`)) {
    const truth: Truth = JSON.parse(readFileSync(`${folder}/truth/${file}`, 'utf8'))
    const name = file.replace(/\.json$/, '')
    const seen = await look(`${folder}/${name}`)
    const found = {
      http: difference(seen.http, truth.http.map(truthText)),
      names: difference(expand(seen.names), expand(Object.entries(truth.tls_sni))),
      questions: difference(expand(seen.questions), expand(Object.entries(truth.dns))),
    }
    const known = differences[name]
    compared += seen.http.length + seen.names.size + seen.questions.size
    for (const list of ['http', 'names', 'questions'] as const) {
      const [ours, tshark] = known?.[list] ?? [0, 0]
      const lines = found[list].filter(line => !line.includes(' quic:') && !line.includes(':quic:'))
      const mine = lines.filter(line => line.startsWith('ours '))
      t.equal(mine.length, ours, `${name}: ${list} that only we see`, { lines })
      t.equal(lines.length - mine.length, tshark, `${name}: ${list} that only tshark sees`, {
        lines,
      })
    }
  }
  t.ok(compared > 350, `${compared} messages`)
})

/** [[a, 2]] -> [a, a] */
function expand(counts: Iterable<[string, number]>): string[] {
  return [...counts].flatMap(([key, n]) => Array.from({ length: n }, () => key))
}

/** `ours text` and `tshark text` for what only one of the two lists has, each as often as it has it more. */
function difference(ours: readonly string[], tshark: readonly string[]): string[] {
  const rest = [...tshark]
  const lines: string[] = []
  for (const text of ours) {
    const at = rest.indexOf(text)
    if (at < 0) lines.push(`ours ${text}`)
    else rest.splice(at, 1)
  }
  return [...lines, ...rest.map(text => `tshark ${text}`)]
}
