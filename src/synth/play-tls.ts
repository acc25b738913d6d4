/** The `tls` step: ClientHello with or without server name, ServerHello, then octets that nobody can
 * read. Read RFC 8446 section 5 and appendix D.4 (middlebox compatibility). */

import { emitClientHello, emitServerHello, emitTlsRecord, TlsContent } from './emit-tls.js'
import { joinOctets } from './octet-builder.js'
import { openTcp } from './play-tcp.js'
import type { TransactionLog } from './recorder.js'
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

/** Application data of `size` octets on the wire, records included. */
function applicationData(run: StepRun, size: number): Uint8Array {
  const records: Uint8Array[] = []
  for (let left = size; left > RECORD_HEADER; ) {
    const fragment = Math.min(left - RECORD_HEADER, LONGEST_RECORD)
    records.push(emitTlsRecord(TlsContent.application, run.world.random.octets(fragment)))
    left -= fragment + RECORD_HEADER
  }
  return joinOctets(records)
}

export function playTls(run: StepRun, step: TlsStep): void {
  const { tcp, flow, finish } = openTcp(run, step, 'tls')
  const { random, recorder } = run.world
  const named = step.sni === undefined ? undefined : step.sni
  let transaction: TransactionLog | undefined
  if (named !== undefined) {
    flow.names.push(named)
    transaction = recorder.transaction(flow, {
      url: named,
      expect: run.world.expectation(run.step.expect),
    })
  }
  const marks = (role: Mark['role'], size: number): Mark[] =>
    transaction ? [{ transaction, role, from: 0, to: size }] : []
  const hello = emitClientHello(named, step.ech, random)
  const first = handshakeRecords(hello, step.record_size ?? LONGEST_RECORD)
  tcp.send(true, first, marks('request', first.length), step.split)
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
  for (const { up, down, wait } of step.data) {
    run.wait(wait ?? 0.05)
    for (const [size, isUp] of [
      [up, true],
      [down, false],
    ] as const) {
      if (size === undefined || size <= RECORD_HEADER) continue
      const octets = applicationData(run, size)
      tcp.send(isUp, octets, marks(isUp ? 'request' : 'response', octets.length))
      run.wait(0.02)
      tcp.settle(!isUp)
    }
  }
  finish()
}
