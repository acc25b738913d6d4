/** HTTP connections, through the gateway 10.0.0.172:80 or straight to a server: keep-alive with one to
 * four requests, heads of a handset's browser, Content-Length right. RFC 9112 sections 3 and 6. */

import { emitHead } from '../src/synth/emit-http.js'
import { octetsOf } from '../src/synth/octet-builder.js'
import { ChargeId } from './capture-truth.js'
import type { Chance } from './chance.js'
import type { FlowScript } from './flow-script.js'
import { TcpScript } from './flow-script.js'

export const gateway = 0x0a0000ac
const httpPort = 80

/** Shares of the requests through the gateway. */
const freeByName = 0.1
const freeByAddress = 0.03
const onlineHostShare = 0.15
/** Connections whose requests differ in tariff. */
const mixedShare = 0.04

const agents = [
  'Mozilla/5.0 (Linux; Android 4.4.4; HM NOTE 1LTE Build/KTU84P) AppleWebKit/537.36',
  'NokiaN73-1/3.0638.0.0.1 Series60/3.0 Profile/MIDP-2.0 Configuration/CLDC-1.1',
  'Dalvik/1.6.0 (Linux; U; Android 4.2.2; Lenovo A820t Build/JDQ39)',
] as const
const mmscNames = ['mmsc.monternet.com', 'mmsc.myuni.com.cn', 'mmsc.vnet.mobi'] as const

interface Site {
  host: string
  charge: ChargeId
}

export function gatewaySite(chance: Chance): Site {
  const draw = chance.below(1000) / 1000
  if (draw < freeByName) return { host: chance.pick(mmscNames), charge: ChargeId.FreeByName }
  if (draw < freeByName + freeByAddress) {
    return { host: '10.23.241.4', charge: ChargeId.FreeByAddress }
  }
  return { host: chance.host(), charge: ChargeId.Data }
}

/** `full` gives the number of full segments of each response. */
export function httpFlow(chance: Chance, viaGateway: boolean, full: () => number): FlowScript {
  const first = site(chance, viaGateway)
  const script = new TcpScript(chance.segmentOctets, first.charge)
  const requests = chance.chance(0.57) ? 1 : chance.between(2, 4)
  const isMixed = viaGateway && chance.chance(mixedShare)
  let cutRequests = 0
  for (let n = 0; n < requests; n++) {
    const here = n > 0 && isMixed ? site(chance, viaGateway) : first
    const head = requestHead(chance, here.host, viaGateway)
    const cut = chance.cut(head.length)
    if (cut > 0) cutRequests++
    script.request(head, here.charge, cut)
    respond(chance, script, full())
  }
  return {
    server: viaGateway ? gateway : chance.server(),
    serverPort: httpPort,
    steps: script.finish(),
    transactions: requests,
    cutRequests,
  }
}

function site(chance: Chance, viaGateway: boolean): Site {
  if (viaGateway) return gatewaySite(chance)
  return { host: chance.host(), charge: ChargeId.Default }
}

function requestHead(chance: Chance, host: string, viaGateway: boolean): Uint8Array {
  const path = chance.path()
  const byOnlineHost = viaGateway && chance.chance(onlineHostShare)
  const target = viaGateway && !byOnlineHost ? `http://${host}${path}` : path
  const fields: [string, string | null][] = [['Host', byOnlineHost ? '10.0.0.172' : host]]
  if (byOnlineHost) fields.push(['X-Online-Host', host])
  if (!chance.small) {
    fields.push(
      ['User-Agent', chance.pick(agents)],
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8'],
      ['Accept-Language', 'zh-CN,en-US;q=0.8'],
      ['Cookie', `sid=${chance.random.next().toString(16)}; area=028`],
      ['Connection', 'keep-alive'],
    )
  }
  return emitHead(`GET ${target} HTTP/1.1`, fields)
}

/** A response of `full` full segments, now and then with a shorter last one; at least one segment. */
function respond(chance: Chance, script: TcpScript, full: number): void {
  const isWhole = full > 0 && chance.chance(0.8)
  const rest = isWhole ? 0 : chance.between(chance.small ? 60 : 180, chance.segmentOctets)
  const octets = script.messageOctets(full, rest)
  const [head, body] = responseHead(chance, octets)
  script.response(head, head.length + body)
}

/** Head and body length that are `octets` together, or one octet more where the number's own length
 * leaves no other way. */
function responseHead(chance: Chance, octets: number): [Uint8Array, number] {
  const before = chance.small
    ? 'HTTP/1.1 200 OK\r\nContent-Length: '
    : 'HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Type: text/plain\r\nConnection: keep-alive\r\nContent-Length: '
  const after = '\r\n\r\n'
  let digits = 1
  while (String(octets - before.length - after.length - digits).length > digits) digits++
  const body = octets - before.length - after.length - digits
  return [octetsOf(`${before}${body}${after}`), body]
}
