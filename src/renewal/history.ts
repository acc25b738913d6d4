/** What is known of one subscriber's service: flows, sessions, control messages, NAS events, in the order in which
 * records came; sorted by time where order matters. Old entries of subscribers without a case are let go. */

import type { ActivityRecord, FlowAnswer, NamedAnswer } from '../record/activity-record.js'
import type { NasEvent } from '../record/business-event.js'
import type { ControlRecord } from '../record/control-record.js'
import type { SessionEvent } from '../record/subscriber-record.js'
import { parseTime } from '../record/time.js'
import { type NameLists, serverPrefix } from './name-lists.js'

/** A flow up to the end of one bin. */
export interface FlowPoint {
  startUs: number
  endUs: number
  lastUs: number
  answer: FlowAnswer
  answered: number
  upPackets: number
  downPackets: number
  downOctets: number
  ended: boolean
}

export interface FlowSeen {
  flow: string
  openedUs: number
  apn: string
  server: string
  serverPort: number
  prefix: string
  v6: boolean
  protocol: string
  app: string
  host: string
  oneDirection: boolean
  /** portal, care, operator DNS */
  white: boolean
  portal: boolean
  points: FlowPoint[]
}

export interface AnswerSeen extends NamedAnswer {
  timeUs: number
  flow: string
  apn: string
  server: string
}

export interface SessionSeen {
  timeUs: number
  event: SessionEvent
}

export interface ControlSeen {
  timeUs: number
  record: ControlRecord
}

export interface NasSeen {
  timeUs: number
  event: NasEvent
}

/** A subscriber who opens flows without end is cut at this many. */
const mostFlows = 20_000
const mostEvents = 20_000

/** Time of a record, microseconds. */
export function usOf(text: string): number {
  return parseTime(text) ?? 0
}

export class History {
  readonly imsi: string
  msisdn = ''
  readonly flows = new Map<string, FlowSeen>()
  readonly answers: AnswerSeen[] = []
  readonly sessions: SessionSeen[] = []
  readonly controls: ControlSeen[] = []
  /** of the feed, in the order of time */
  nas: readonly NasSeen[] = []
  /** entries that were let go, because there were too many */
  dropped = 0

  constructor(imsi: string) {
    this.imsi = imsi
  }

  activity(record: ActivityRecord, lists: NameLists): void {
    const apn = record.apn ?? ''
    let flow = this.flows.get(record.flow)
    const host = (record.host ?? '').toLowerCase()
    if (flow === undefined) {
      if (this.flows.size >= mostFlows) {
        const [oldest] = this.flows.keys()
        if (oldest !== undefined) this.flows.delete(oldest)
        this.dropped++
      }
      flow = {
        flow: record.flow,
        openedUs: usOf(record.opened),
        apn,
        server: record.server,
        serverPort: record.server_port ?? 0,
        prefix: serverPrefix(record.server),
        v6: record.server.includes(':'),
        protocol: record.protocol,
        app: record.app,
        host,
        oneDirection: false,
        white: false,
        portal: false,
        points: [],
      }
      this.flows.set(record.flow, flow)
    }
    flow.app = record.app
    if (flow.host === '') flow.host = host
    flow.white = lists.isWhite(flow.host, flow.server)
    flow.portal = lists.isPortal(flow.host, flow.server)
    flow.oneDirection ||= record.one_direction === true
    flow.points.push({
      startUs: usOf(record.ts),
      endUs: usOf(record.end),
      lastUs: usOf(record.last),
      answer: record.answer,
      answered: record.answered,
      upPackets: record.up_packets,
      downPackets: record.down_packets,
      downOctets: record.down_bytes,
      ended: record.ended === true,
    })
    for (const answer of record.answers) {
      bounded(this.answers, {
        ...answer,
        timeUs: usOf(answer.ts),
        flow: record.flow,
        apn,
        server: record.server,
      })
    }
  }

  session(event: SessionEvent): void {
    bounded(this.sessions, { timeUs: usOf(event.ts), event })
  }

  control(record: ControlRecord): void {
    bounded(this.controls, { timeUs: usOf(record.ts), record })
  }

  /** Lets go of what was before. Sessions stay: what is open may have opened long ago. */
  forget(beforeUs: number): void {
    for (const [id, { points }] of this.flows) {
      if ((points.at(-1)?.endUs ?? 0) < beforeUs) this.flows.delete(id)
    }
    cutBefore(this.answers, beforeUs)
  }
}

function bounded<T>(list: T[], entry: T): void {
  list.push(entry)
  if (list.length > mostEvents) list.shift()
}

function cutBefore(list: { timeUs: number }[], beforeUs: number): void {
  let gone = 0
  while (gone < list.length && (list[gone]?.timeUs ?? 0) < beforeUs) gone++
  list.splice(0, gone)
}
