/** Plays the step `browse` by the steps that it is short for. */

import { playHttp } from './play-http.js'
import { playTcp } from './play-tcp.js'
import type { BrowseStep } from './scenario-browse.js'
import { httpStep, tcpStep } from './scenario-http.js'
import type { StepRun } from './step-run.js'

/** SYNs of one attempt (RFC 6298 section 2: 1 s, doubled). */
const synTimes = [0, 1, 3, 7]
const redirectStatus = 302

export function playBrowse(run: StepRun, step: BrowseStep): void {
  const beginUs = run.timeUs
  const { from, servers, outcome } = step
  for (let i = 0; i < step.times; i++) {
    run.timeUs = beginUs + Math.round(i * step.every * 1e6)
    const server = servers[i % servers.length] ?? ''
    if (outcome === 'unanswered') {
      playTcp(run, tcpStep.parse({ from, server, port: 443, unanswered: synTimes }))
    } else if (outcome === 'reset') {
      playTcp(run, tcpStep.parse({ from, server, port: 443, end: 'server-rst' }))
    } else {
      const host = step.host ?? `www.site${(i % servers.length) + 1}.example`
      const redirected = outcome === 'redirected'
      const response = redirected
        ? { status: redirectStatus, headers: { Location: step.location ?? '' }, body: 120 }
        : { body: step.body }
      const get = `http://${host}${step.path}`
      playHttp(run, httpStep.parse({ from, server, requests: [{ get, response }] }))
    }
  }
}
