/** A view of a probe in this process. Rows and overviews are masked unless numbers may be shown. */

import { maskImsi, maskMsisdn, maskRecord } from '../record/mask.js'
import type {
  Explained,
  Overview,
  Reloaded,
  RowKind,
  RowPage,
  RowQuery,
  RowsOf,
  TimelineRow,
} from '../record/snapshot.js'
import type { LinkState, OverviewWish, ViewSource } from '../record/view-source.js'
import { ViewError } from '../record/view-source.js'
import type { Overviews } from './overview.js'
import type { ProbeView } from './probe-view.js'
import type { ViewRows } from './view-rows.js'

const leastRefreshMs = 250
const longestRefreshMs = 60_000

/** What a view is made of; shared by all who look. */
export interface Showing {
  view: ProbeView
  overviews: Overviews
  rows: ViewRows
}

export class LocalView implements ViewSource {
  readonly link: LinkState
  readonly #showing: Showing
  readonly #revealed: boolean
  readonly #timers = new Set<NodeJS.Timeout>()

  /** `where`: name of the file or the probe. */
  constructor(showing: Showing, where: string, revealed: boolean) {
    this.#showing = showing
    this.#revealed = revealed
    const sinceMs = showing.view.around.nowUs() / 1000
    this.link = { state: 'open', where, attempts: 0, sinceMs }
  }

  onLink(): () => void {
    return () => undefined
  }

  subscribe(wish: OverviewWish, listener: (overview: Overview) => void): () => void {
    listener(this.overview(wish.windowS))
    const everyMs = Math.min(longestRefreshMs, Math.max(leastRefreshMs, wish.refreshMs))
    const timer = setInterval(() => listener(this.overview(wish.windowS)), everyMs)
    this.#timers.add(timer)
    return () => {
      clearInterval(timer)
      this.#timers.delete(timer)
    }
  }

  overview(windowS: number): Overview {
    const { overviews, view } = this.#showing
    const sinceRules = (view.around.nowUs() - view.state.rules.loaded_us) / 1e6
    const made = overviews.make(Number.isFinite(windowS) && windowS > 0 ? windowS : sinceRules)
    if (this.#revealed) return made
    return { ...made, revealed: false, top_alerts: made.top_alerts.map(alert => maskRecord(alert)) }
  }

  async rows<K extends RowKind>(kind: K, query: RowQuery): Promise<RowPage<RowsOf[K]>> {
    const page = await this.#showing.rows.page(kind, query)
    if (this.#revealed) return page
    return { ...page, rows: page.rows.map(row => maskRecord<RowsOf[K]>(row)) }
  }

  why(flow: string): Promise<Explained> {
    return settled(() => {
      const explained = this.#showing.view.why(flow)
      if (this.#revealed) return explained
      const { now } = explained
      return {
        ...explained,
        explain: maskRecord(explained.explain),
        flow: maskRecord(explained.flow),
        ...(now === undefined ? {} : { now: maskRecord(now) }),
      }
    })
  }

  timeline(subscriber: string): Promise<TimelineRow[]> {
    return settled(() => {
      const number = this.#unmasked(subscriber)
      const rows = this.#showing.view.timeline(number)
      if (this.#revealed) return rows
      return rows.map(row => {
        const { imsi: _, masked: __, ...shown } = maskRecord({ ...row, imsi: number })
        return shown
      })
    })
  }

  acknowledge(alert: string, note: string, who: string): Promise<void> {
    return settled(() => {
      const { alerts, log, around } = this.#showing.view
      alerts.acknowledge(alert, note, who, around.nowUs())
      log.write(around.nowUs(), 'INFO', 'alert_ack', `alert ${alert} by ${who}`, `alert ${alert}`)
      if (alerts.damage !== '') {
        throw new ViewError('not-possible', `acknowledged, but not kept: ${alerts.damage}`)
      }
    })
  }

  unacknowledge(alert: string, who: string): Promise<void> {
    return settled(() => {
      const { alerts, log, around } = this.#showing.view
      alerts.unacknowledge(alert)
      log.write(around.nowUs(), 'INFO', 'alert_unack', `alert ${alert} by ${who}`, `alert ${alert}`)
    })
  }

  reload(): Promise<Reloaded> {
    return this.#showing.view.around.reload()
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer)
    this.#timers.clear()
  }

  /** A row shows `46001******7890`: the one subscriber who is masked so. Throws a ViewError for several. */
  #unmasked(text: string): string {
    if (!text.includes('*')) return text
    const numbers = new Set<string>()
    for (const { imsi, msisdn } of this.#showing.view.subscribers()) {
      if (imsi !== undefined && maskImsi(imsi) === text) numbers.add(imsi)
      if (msisdn !== undefined && maskMsisdn(msisdn) === text) numbers.add(msisdn)
    }
    const [only] = numbers
    if (numbers.size === 1 && only !== undefined) return only
    throw new ViewError('not-found', `${numbers.size} subscribers are shown as ${text}`)
  }
}

/** What is thrown at once as a rejection, as from a probe that is far away. */
async function settled<T>(answer: () => T): Promise<T> {
  return answer()
}
