/** From the text of a scenario to a capture and its truth: plays the steps in the order of the file,
 * then hands over the capture in the order of time. No clock and no chance but the scenario's. */

import { basename } from 'node:path'
import { buildTruth } from './build-truth.js'
import { captureEmitter } from './emit-capture.js'
import { feedLines } from './feed-lines.js'
import { parseScenario } from './parse-scenario.js'
import { playBrowse } from './play-browse.js'
import {
  playCreate,
  playDelete,
  playEcho,
  playEndMarker,
  playErrorIndication,
  playUpdate,
} from './play-context.js'
import { playGx, playGy, playS6a, playSy } from './play-diameter.js'
import { playDns } from './play-dns.js'
import { playHttp } from './play-http.js'
import { playPfcp } from './play-pfcp.js'
import { playQuic } from './play-quic.js'
import { playTcp } from './play-tcp.js'
import { playTls } from './play-tls.js'
import { playIcmp, playUdp } from './play-udp.js'
import { playPush, playWsp } from './play-wsp.js'
import { playWtls } from './play-wtls.js'
import { playWtp } from './play-wtp.js'
import type { Frame } from './recorder.js'
import type { ExpectedCase } from './scenario-browse.js'
import { ScenarioError } from './scenario-error.js'
import type { Scenario, Step } from './scenario-schema.js'
import { StepRun } from './step-run.js'
import type { Truth } from './truth.js'
import { PlayError, World } from './world.js'

export interface SynthResult {
  truth: Truth
  /** octets written */
  octets: number
  /** feed of the events that belong to it, as JSON Lines */
  feed: string | undefined
  cases: readonly ExpectedCase[]
}

function play(run: StepRun, step: Step): void {
  if (step.create) playCreate(run, step.create)
  if (step.update) playUpdate(run, step.update)
  if (step.delete) playDelete(run, step.delete)
  if (step.echo) playEcho(run, step.echo.from, step.echo.sgsn)
  if (step.restart) run.world.node(step.restart.node).restart()
  if (step.error_indication) {
    playErrorIndication(run, step.error_indication.subscriber, step.error_indication.from)
  }
  if (step.end_marker) playEndMarker(run, step.end_marker.subscriber)
  if (step.http) playHttp(run, step.http)
  if (step.tls) playTls(run, step.tls)
  if (step.quic) playQuic(run, step.quic)
  if (step.tcp) playTcp(run, step.tcp)
  if (step.dns) playDns(run, step.dns)
  if (step.wsp) playWsp(run, step.wsp)
  if (step.wtp) playWtp(run, step.wtp)
  if (step.wtls) playWtls(run, step.wtls)
  if (step.push) playPush(run, step.push)
  if (step.udp) playUdp(run, step.udp)
  if (step.icmp) playIcmp(run, step.icmp)
  if (step.browse) playBrowse(run, step.browse)
  if (step.gx) playGx(run, step.gx)
  if (step.gy) playGy(run, step.gy)
  if (step.sy) playSy(run, step.sy)
  if (step.s6a) playS6a(run, step.s6a)
  if (step.pfcp) playPfcp(run, step.pfcp)
}

function emitFrames(
  scenario: Scenario,
  linkType: number,
  frames: readonly Frame[],
  write: (octets: Uint8Array) => void,
): number {
  const { snaplen, format } = scenario
  const named = scenario.interfaces.length > 0 ? scenario.interfaces : [{ name: 'gn0' }]
  const interfaces = named.map(one => {
    const nano = 'resolution' in one && one.resolution === 'ns'
    return { name: one.name, linkType, resolution: nano ? 9 : 6 } as const
  })
  const emitter = captureEmitter(format, interfaces, snaplen)
  let total = 0
  const put = (octets: Uint8Array) => {
    total += octets.length
    write(octets)
  }
  put(emitter.head())
  for (const { timeUs, octets, wireLength, iface } of frames) {
    put(emitter.frame({ timeUs, octets, wireLength, iface }))
  }
  return total
}

/**
 * `text` is the scenario, `fileName` its name for messages and the truth. `write` gets the capture in
 * pieces, in order; it is not called when the scenario is wrong.
 * @throws ScenarioError with every place that is wrong
 */
export function synthesise(
  text: string,
  fileName: string,
  write: (octets: Uint8Array) => void,
): SynthResult {
  const { scenario, issueAt } = parseScenario(text, fileName)
  const world = new World(scenario)
  let endUs = world.startUs
  scenario.steps.forEach((step, i) => {
    const beginUs =
      step.at === undefined
        ? endUs + Math.round(step.wait * 1_000_000)
        : world.startUs + Math.round(step.at * 1_000_000)
    const run = new StepRun(world, step, beginUs)
    try {
      play(run, step)
    } catch (error) {
      if (!(error instanceof PlayError)) throw error
      throw new ScenarioError(fileName, [issueAt(['steps', i], error.message)])
    }
    endUs = run.timeUs
  })
  const frames = world.recorder.settle(scenario.snaplen, scenario.capture.directions)
  const truth = buildTruth(scenario, basename(fileName), world.recorder, frames)
  return {
    truth,
    octets: emitFrames(scenario, world.linkType, frames, write),
    feed: feedLines(scenario),
    cases: scenario.cases,
  }
}
