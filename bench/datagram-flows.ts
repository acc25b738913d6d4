/** UDP flows: DNS, WSP connectionless on 9200, WTP and WSP on 9201, WTLS on 9203, and others. RFC 1035;
 * WAP-230-WSP clause 8.2; WAP-224-WTP clause 8; WAP-261-WTLS clause 9. */

import { emitDns } from '../src/synth/emit-dns.js'
import {
  emitConnect,
  emitConnectReply,
  emitDisconnect,
  emitGet,
  emitReply,
  withTid,
} from '../src/synth/emit-wsp.js'
import {
  emitClientHello,
  emitClientKeyExchange,
  emitServerHello,
  emitWtlsRecord,
  WtlsContent,
} from '../src/synth/emit-wtls.js'
import { emitAck, emitInvoke, emitResult } from '../src/synth/emit-wtp.js'
import { ChargeId } from './capture-truth.js'
import type { Chance } from './chance.js'
import type { FlowScript, Step } from './flow-script.js'
import { datagram, nothing } from './flow-script.js'
import { gateway, gatewaySite } from './http-flows.js'

const dnsServer = 0xc6130035
const helloTimeUs = 1_415_318_400_000_000

function flow(server: number, serverPort: number, steps: Step[], transactions: number): FlowScript {
  return { server, serverPort, steps, transactions, cutRequests: 0 }
}

export function dnsFlow(chance: Chance): FlowScript {
  const message = {
    id: chance.below(65536),
    name: chance.host(),
    type: 'A',
    rcode: 0,
    truncated: false,
  } as const
  const query = emitDns({ ...message, response: false, answers: [] })
  const answer = emitDns({ ...message, response: true, answers: [`198.18.${chance.below(8)}.7`] })
  const charge = ChargeId.Default
  return flow(dnsServer, 53, [datagram(true, query, charge), datagram(false, answer, charge)], 0)
}

/** Octets of content in an answer that fits one datagram with `head`. */
function content(chance: Chance, head: Uint8Array): number {
  return chance.between(chance.small ? 10 : 200, chance.datagramOctets - head.length)
}

function wspHeaders(chance: Chance): Record<string, string> {
  return chance.small ? {} : { accept: '*/*', 'user-agent': 'Nokia6600/1.0 (4.09.1) Series60/2.0' }
}

/** Each request has a TID of its own, and its own charge. */
export function wspFlow(chance: Chance): FlowScript {
  const steps: Step[] = []
  const requests = chance.between(1, 4)
  for (let tid = 1; tid <= requests; tid++) {
    const { host, charge } = gatewaySite(chance)
    const get = emitGet(`http://${host}${chance.path()}`, wspHeaders(chance))
    const reply = withTid(tid, emitReply(200, 'text/plain', {}, nothing))
    steps.push(
      datagram(true, withTid(tid, get), charge),
      datagram(false, reply, charge, content(chance, reply)),
    )
  }
  return flow(gateway, 9200, steps, requests)
}

/** A WSP session: connect, gets, disconnect. All its requests have one tariff, so that it is plain
 * whose the octets of the session itself are. */
export function wtpFlow(chance: Chance): FlowScript {
  const { host, charge } = gatewaySite(chance)
  const requests = chance.between(1, 3)
  const session = chance.between(1, 100_000)
  let tid = chance.below(0x4000)
  const steps = exchange(tid, emitConnect(wspHeaders(chance)), emitConnectReply(session), 0)
  for (let n = 0; n < requests; n++) {
    tid++
    const get = emitGet(`http://${host}${chance.path()}`, wspHeaders(chance))
    const reply = emitReply(200, 'text/plain', {}, nothing)
    steps.push(...exchange(tid, get, reply, content(chance, reply) - 3))
  }
  const bye = emitInvoke({ tid: tid + 1, class: 0, trailer: 'no-sar' }, emitDisconnect(session))
  steps.push(datagram(true, bye, charge))
  return flow(gateway, 9201, steps, requests)

  function exchange(id: number, ask: Uint8Array, answer: Uint8Array, filler: number): Step[] {
    const invoke = emitInvoke({ tid: id, class: 2, trailer: 'no-sar' }, ask)
    const result = emitResult(id, 'no-sar', false, answer)
    return [
      datagram(true, invoke, charge),
      datagram(false, result, charge, filler),
      datagram(true, emitAck({ tid: id, responder: false }), charge),
    ]
  }
}

export function wtlsFlow(chance: Chance): FlowScript {
  const { random, small } = chance
  const charge = ChargeId.Data
  const hello = emitWtlsRecord(
    WtlsContent.handshake,
    false,
    0,
    emitClientHello(helloTimeUs, random),
  )
  const steps = [datagram(true, hello, charge)]
  if (!small) {
    const answer = emitServerHello(helloTimeUs, random)
    const keys = emitClientKeyExchange(random)
    steps.push(datagram(false, emitWtlsRecord(WtlsContent.handshake, false, 0, answer), charge))
    steps.push(datagram(true, emitWtlsRecord(WtlsContent.handshake, false, 1, keys), charge))
  }
  for (let n = chance.between(1, 4); n > 0; n--) {
    const ask = random.octets(chance.between(24, small ? 80 : 200))
    const answer = random.octets(chance.between(24, small ? 80 : 1300))
    steps.push(datagram(true, emitWtlsRecord(WtlsContent.application, true, n, ask), charge))
    steps.push(datagram(false, emitWtlsRecord(WtlsContent.application, true, n, answer), charge))
  }
  return flow(gateway, 9203, steps, 0)
}

/** Datagrams of no known protocol, `packets` of them. */
export function otherUdpFlow(chance: Chance, packets: number): FlowScript {
  const head = Uint8Array.of(0x01, 0x00, 0xfe, 0xff)
  const steps = Array.from({ length: packets }, (_, n) =>
    datagram(n % 2 === 0, head, ChargeId.Default, chance.between(20, 80)),
  )
  return flow(chance.server(), 40_000, steps, 0)
}
