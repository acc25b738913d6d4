/** The `dns` step: queries and answers over UDP or TCP. Read RFC 1035 section 4.2. */

import { addressOctets } from './address.js'
import { emitDns } from './emit-dns.js'
import { IpProtocol } from './emit-ip.js'
import { emitUdp } from './emit-udp.js'
import { joinOctets } from './octet-builder.js'
import { openTcp } from './play-tcp.js'
import { type DnsStep, tcpStep } from './scenario-http.js'
import type { StepRun } from './step-run.js'

const SERVER_DELAY = 0.02

/** Query and response of one question. */
function messages(run: StepRun, query: DnsStep['queries'][number]): [Uint8Array, Uint8Array] {
  const { name, type, rcode, truncated, answers } = query
  const id = query.id ?? run.world.random.below(0x10000)
  const base = { id, name, type }
  return [
    emitDns({ ...base, response: false, rcode: 0, truncated: false, answers: [] }),
    emitDns({ ...base, response: true, rcode, truncated, answers }),
  ]
}

function playOverTcp(run: StepRun, step: DnsStep): void {
  const { from, server, port } = step
  const ue_port = run.world.uePort(step.ue_port)
  const { tcp, flow, finish } = openTcp(run, tcpStep.parse({ from, server, port, ue_port }), 'dns')
  // RFC 1035 section 4.2.2: a length of two octets stands before the message
  const prefixed = (message: Uint8Array) =>
    joinOctets([Uint8Array.of(message.length >>> 8, message.length), message])
  for (const query of step.queries) {
    flow.names.push(query.name)
    const [question, answer] = messages(run, query)
    tcp.send(true, prefixed(question), [])
    run.wait(SERVER_DELAY)
    if (query.answered) tcp.send(false, prefixed(answer), [])
    run.wait(SERVER_DELAY)
    tcp.settle(true)
  }
  finish()
}

export function playDns(run: StepRun, step: DnsStep): void {
  if (step.over === 'tcp') {
    playOverTcp(run, step)
    return
  }
  const ends = run.ends(step.from, step.server)
  const uePort = run.world.uePort(step.ue_port)
  const flow = run.flow(ends, 'udp', [uePort, step.port], 'dns')
  const ue = addressOctets(ends.ue)
  const server = addressOctets(ends.server)
  const facts = { flow, kind: 'datagram' } as const
  for (const query of step.queries) {
    flow.names.push(query.name)
    const [question, answer] = messages(run, query)
    const up = emitUdp(ue, server, uePort, step.port, question)
    run.inner(ends, true, IpProtocol.udp, up, facts)
    if (!query.answered) continue
    run.wait(SERVER_DELAY)
    const down = emitUdp(server, ue, step.port, uePort, answer)
    run.inner(ends, false, IpProtocol.udp, down, facts)
    run.wait(0.005)
  }
}
