/** The `udp` and `icmp` steps: datagrams with noise, and echo. */

import { addressOctets } from './address.js'
import { emitEcho } from './emit-icmp.js'
import { IpProtocol } from './emit-ip.js'
import { fillerText } from './filler.js'
import type { IcmpStep, UdpStep } from './scenario-wap.js'
import type { StepRun } from './step-run.js'
import { UdpConversation } from './udp-conversation.js'

export function playUdp(run: StepRun, step: UdpStep): void {
  const ends = run.ends(step.from, step.server)
  const talk = new UdpConversation(run, ends, run.world.uePort(step.ue_port), step.port, 'other')
  for (const { up, down, wait } of step.data) {
    run.wait(wait ?? 0.02)
    if (up !== undefined) talk.send(true, run.world.random.octets(up))
    if (down !== undefined) talk.send(false, run.world.random.octets(down))
  }
}

export function playIcmp(run: StepRun, step: IcmpStep): void {
  const ends = run.ends(step.from, step.server)
  const v6 = step.server.includes(':')
  const flow = run.flow(ends, v6 ? 'icmpv6' : 'icmp', [], 'other')
  const protocol = v6 ? IpProtocol.icmpv6 : IpProtocol.icmp
  const id = run.world.random.below(0x10000)
  const ue = addressOctets(ends.ue)
  const server = addressOctets(ends.server)
  const data = fillerText(step.size)
  for (let seq = 1; seq <= step.count; seq++) {
    const request = emitEcho(ue, server, { reply: false, id, seq, data })
    run.inner(ends, true, protocol, request, { flow, kind: 'datagram' })
    if (!step.answered) continue
    run.wait(0.03)
    const reply = emitEcho(server, ue, { reply: true, id, seq, data })
    run.inner(ends, false, protocol, reply, { flow, kind: 'datagram' })
    run.wait(0.2)
  }
}
