/** The `quic` step: a ClientHello in one Initial packet or more, the server's answer, then packets that nobody
 * can read. Read RFC 9000 sections 7 and 14.1 (Initial datagrams have 1,200 octets at least). */

import {
  emitAckFrame,
  emitCryptoFrame,
  emitHandshake,
  emitInitial,
  emitShort,
  quicProtections,
} from './emit-quic.js'
import { emitClientHello, emitServerHello } from './emit-tls.js'
import type { QuicStep } from './scenario-quic.js'
import type { StepRun } from './step-run.js'
import { UdpConversation } from './udp-conversation.js'

const CONNECTION_ID = 8
const LEAST_DATAGRAM = 1200
/** first octet, version, connection ids, length of the token, Length, packet number; tag */
const INITIAL_OVERHEAD = 1 + 4 + 2 * (1 + CONNECTION_ID) + 1 + 2 + 4 + 16
const CRYPTO_OVERHEAD = 5
const LONGEST_SHORT = 1252
const DATAGRAM_GAP = 0.001

export function playQuic(run: StepRun, step: QuicStep): void {
  const { random, recorder } = run.world
  const ends = run.ends(step.from, step.server)
  const talk = new UdpConversation(run, ends, run.world.uePort(step.ue_port), step.port, 'quic')
  const transaction = recorder.transaction(talk.flow, {
    ...(step.sni === undefined ? {} : { url: step.sni }),
    expect: run.world.expectation(run.step.expect),
  })
  if (step.sni !== undefined) talk.flow.names.push(step.sni)
  const facts = { transactions: [transaction] }
  const protection = quicProtections[step.version]
  const size = LEAST_DATAGRAM - INITIAL_OVERHEAD
  const [first, client, server] = [0, 1, 2].map(() => random.octets(CONNECTION_ID)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ]
  const hello = emitClientHello(step.sni, step.ech, random, { quic: true, hybrid: step.hybrid })
  let number = 0
  for (let from = 0; from < hello.length; from += size - CRYPTO_OVERHEAD) {
    const piece = hello.subarray(from, from + size - CRYPTO_OVERHEAD)
    const frames = emitCryptoFrame(from, piece)
    const packet = emitInitial(first, frames, { protection, scid: client, number: number++, size })
    transaction.identifiedBy = talk.send(true, packet, facts)
    run.wait(DATAGRAM_GAP)
  }
  run.wait(0.04)
  const answer = Buffer.concat([
    emitAckFrame(number - 1),
    emitCryptoFrame(0, emitServerHello(random)),
  ])
  const options = { protection, fromServer: true, keyDcid: first, scid: server, size }
  talk.send(false, emitInitial(client, answer, options), facts)
  talk.send(false, emitHandshake(protection, client, server, 1100, random), facts)
  run.wait(0.03)
  talk.send(true, emitHandshake(protection, server, client, 90, random), facts)
  for (const { up, down, wait } of step.data) {
    run.wait(wait ?? 0.03)
    for (const [octets, isUp] of [
      [up ?? 0, true],
      [down ?? 0, false],
    ] as const) {
      for (let left = octets; left > 0; left -= LONGEST_SHORT) {
        const packet = emitShort(isUp ? server : client, Math.min(left, LONGEST_SHORT), random)
        talk.send(isUp, packet, facts)
        run.wait(DATAGRAM_GAP)
      }
    }
  }
}
