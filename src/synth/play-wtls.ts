/** The `wtls` step: a handshake in the clear, then records that nobody can read. Read WAP-261-WTLS
 * clause 9 and, for the ports, WAP-259-WDP appendix B (9202: WSP over WTLS, 9203: WTP over WTLS). */

import {
  emitChangeCipher,
  emitClientHello,
  emitClientKeyExchange,
  emitServerHello,
  emitWtlsRecord,
  WtlsContent,
} from './emit-wtls.js'
import { joinOctets } from './octet-builder.js'
import type { WtlsStep } from './scenario-wap.js'
import type { StepRun } from './step-run.js'
import { UdpConversation } from './udp-conversation.js'

const FINISHED = 32 // octets of an encrypted Finished message
const CLOSE_NOTIFY = 16
const RECORD_GAP = 0.012

export function playWtls(run: StepRun, step: WtlsStep): void {
  const { random } = run.world
  const ends = run.ends(step.from, step.server)
  const talk = new UdpConversation(run, ends, run.world.uePort(step.ue_port), step.port, 'wtls')
  const seq = { up: 0, down: 0 }
  const record = (up: boolean, content: number, encrypted: boolean, fragment: Uint8Array) =>
    emitWtlsRecord(content, encrypted, up ? seq.up++ : seq.down++, fragment)
  if (step.handshake) {
    const hello = emitClientHello(run.timeUs, random)
    talk.send(true, record(true, WtlsContent.handshake, false, hello))
    run.wait(0.12)
    const answer = emitServerHello(run.timeUs, random)
    talk.send(false, record(false, WtlsContent.handshake, false, answer))
    run.wait(0.3)
    const keys = emitClientKeyExchange(random)
    talk.send(
      true,
      joinOctets([
        record(true, WtlsContent.handshake, false, keys),
        record(true, WtlsContent.changeCipher, false, emitChangeCipher()),
        record(true, WtlsContent.handshake, true, random.octets(FINISHED)),
      ]),
    )
    run.wait(0.2)
    talk.send(
      false,
      joinOctets([
        record(false, WtlsContent.changeCipher, false, emitChangeCipher()),
        record(false, WtlsContent.handshake, true, random.octets(FINISHED)),
      ]),
    )
  }
  for (const { up, down, wait } of step.data) {
    run.wait(wait ?? 0.1)
    for (const [size, isUp] of [
      [up, true],
      [down, false],
    ] as const) {
      for (let left = size ?? 0; left > 0; left -= step.datagram) {
        const fragment = random.octets(Math.min(left, step.datagram))
        talk.send(isUp, record(isUp, WtlsContent.application, true, fragment))
        run.wait(RECORD_GAP)
      }
    }
  }
  if (step.end === 'close-notify') {
    run.wait(0.1)
    talk.send(true, record(true, WtlsContent.alert, true, random.octets(CLOSE_NOTIFY)))
  }
}
