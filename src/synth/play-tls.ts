/** The `tls` step: ClientHello with or without server name, ServerHello, then octets that nobody can
 * read. Read RFC 8446 section 5 and appendix D.4 (middlebox compatibility). */

import { emitClientHello, emitServerHello, emitTlsRecord, TlsContent } from './emit-tls.js'
import { joinOctets } from './octet-builder.js'
import { openTcp, playOpaque } from './play-tcp.js'
import type { TlsStep } from './scenario-http.js'
import type { StepRun } from './step-run.js'
import type { Mark } from './tcp-connection.js'

const RECORD_HEADER = 5
const LONGEST_RECORD = 16_384

function handshakeRecords(message: Uint8Array, recordSize: number): Uint8Array {
  const records: Uint8Array[] = []
  for (let from = 0; from < message.length; from += recordSize) {
    const piece = message.subarray(from, from + recordSize)
    records.push(emitTlsRecord(TlsContent.handshake, piece, from === 0))
  }
  return joinOctets(records)
}

/** Application data of `size` octets on the wire, records included (a record has at least six). */
function applicationData(run: StepRun, size: number): Uint8Array {
  const records: Uint8Array[] = []
  for (let left = size; left > 0; ) {
    const fragment = Math.min(Math.max(left - RECORD_HEADER, 1), LONGEST_RECORD)
    records.push(emitTlsRecord(TlsContent.application, run.world.random.octets(fragment)))
    left -= fragment + RECORD_HEADER
  }
  return joinOctets(records)
}

export function playTls(run: StepRun, step: TlsStep): void {
  const { tcp, flow, finish } = openTcp(run, step, 'tls')
  const { random, recorder } = run.world
  const transaction = recorder.transaction(flow, {
    ...(step.sni === undefined ? {} : { url: step.sni }),
    expect: run.world.expectation(run.step.expect),
  })
  if (step.sni !== undefined) flow.names.push(step.sni)
  const marks = (role: Mark['role'], size: number): Mark[] => [
    { transaction, role, from: 0, to: size },
  ]
  const hello = emitClientHello(step.sni, step.ech, random)
  const first = handshakeRecords(hello, step.record_size ?? LONGEST_RECORD)
  const identifying = marks('request', first.length).map(mark => ({
    ...mark,
    identifiedAt: first.length,
  }))
  tcp.send(true, first, identifying, step.split)
  run.wait(0.03)
  const answer = joinOctets([
    emitTlsRecord(TlsContent.handshake, emitServerHello(random)),
    emitTlsRecord(TlsContent.changeCipher, Uint8Array.of(1)),
    applicationData(run, 2200), // EncryptedExtensions, Certificate, Finished
  ])
  tcp.send(false, answer, marks('response', answer.length))
  run.wait(0.06)
  const finished = joinOctets([
    emitTlsRecord(TlsContent.changeCipher, Uint8Array.of(1)),
    applicationData(run, 58),
  ])
  tcp.send(true, finished, marks('request', finished.length))
  const emit = (_: boolean, size: number) => applicationData(run, size)
  playOpaque(run, tcp, step.data, transaction, emit)
  finish()
}
