/** TCP connections of steps: opened and ended as the step says, with octets that nobody shall read. Also
 * the `tcp` step. */

import type { FlowLog, TransactionLog } from './recorder.js'
import type { HttpStep, TcpStep, TlsStep } from './scenario-http.js'
import type { OpaqueData } from './scenario-values.js'
import type { Ends, StepRun } from './step-run.js'
import { type Mark, TcpConnection } from './tcp-connection.js'

type TcpKeys = Pick<HttpStep | TlsStep | TcpStep, keyof HttpStep & keyof TlsStep & keyof TcpStep>

export interface OpenTcp {
  tcp: TcpConnection
  flow: FlowLog
  /** ends the connection as the step says */
  finish(): void
}

function newTcp(run: StepRun, step: TcpKeys, app: string): { tcp: TcpConnection; flow: FlowLog } {
  const ends: Ends = run.ends(step.from, step.server)
  const uePort = run.world.uePort(step.ue_port)
  const flow = run.flow(ends, 'tcp', [uePort, step.port], app)
  const tcp = new TcpConnection(run, ends, flow, {
    uePort,
    serverPort: step.port,
    mss: step.mss,
    isnUe: step.isn_ue ?? run.world.random.next(),
    isnServer: step.isn_server ?? run.world.random.next(),
    fates: step.segments,
  })
  return { tcp, flow }
}

export function openTcp(run: StepRun, step: TcpKeys, app: string): OpenTcp {
  const { tcp, flow } = newTcp(run, step, app)
  if (step.syn) tcp.open()
  else tcp.assumeOpen()
  const finish = () => {
    run.wait(0.02)
    if (step.end === 'none') return
    const byUe = step.end === 'fin' || step.end === 'rst'
    if (step.end === 'rst' || step.end === 'server-rst') tcp.reset(byUe)
    else tcp.close(byUe)
  }
  return { tcp, flow, finish }
}

/** Octets in both directions, noise unless `emit` makes them, as part of a transaction if one is given. */
export function playOpaque(
  run: StepRun,
  tcp: TcpConnection,
  data: OpaqueData,
  transaction: TransactionLog | undefined,
  emit: (up: boolean, size: number) => Uint8Array = (_, size) => run.world.random.octets(size),
): void {
  for (const { up, down, wait } of data) {
    run.wait(wait ?? 0.05)
    for (const [size, isUp] of [
      [up, true],
      [down, false],
    ] as const) {
      if (size === undefined || size === 0) continue
      const octets = emit(isUp, size)
      const role = isUp ? 'request' : 'response'
      const marks: Mark[] = transaction ? [{ transaction, role, from: 0, to: octets.length }] : []
      tcp.send(isUp, octets, marks)
      run.wait(0.02)
      tcp.settle(!isUp)
    }
  }
}

export function playTcp(run: StepRun, step: TcpStep): void {
  if (step.unanswered === undefined) {
    const { tcp, finish } = openTcp(run, step, 'other')
    playOpaque(run, tcp, step.data, undefined)
    finish()
    return
  }
  const { tcp } = newTcp(run, step, 'other')
  const beginUs = run.timeUs
  for (const seconds of step.unanswered) {
    run.timeUs = beginUs + Math.round(seconds * 1_000_000)
    tcp.syn()
  }
}
