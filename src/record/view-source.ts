/** Where screens and lists read a probe from: the daemon behind its socket (daemon/probe-client.ts), or a run in
 * this process (view/probe-view.ts). Both answer alike. Whoever asks wrongly gets a ViewError. */

import type {
  Explained,
  Overview,
  Reloaded,
  RowKind,
  RowPage,
  RowQuery,
  RowsOf,
  TimelineRow,
} from './snapshot.js'

/** How far one is from the probe. `lost` and `connecting` retry by themselves at `retryAtMs`; `refused` does not. */
export interface LinkState {
  state: 'connecting' | 'open' | 'lost' | 'refused' | 'closed'
  /** socket path, or the name of the file */
  where: string
  /** how often it was tried since it was last open */
  attempts: number
  /** milliseconds since 1970 */
  sinceMs: number
  retryAtMs?: number
  /** `connection refused`, `permission denied` */
  why?: string
}

/** The question cannot be answered: `unknown field "hots"`, `flow 81 is not known any more`. */
export class ViewError extends Error {
  /** `filter`, `sort`, `not-found`, `not-possible`, `lost` */
  readonly code: string
  /** the word that is wrong, from and to, in the filter */
  readonly span: readonly [from: number, to: number] | undefined
  readonly hint: string | undefined

  constructor(
    code: string,
    message: string,
    more: { span?: readonly [from: number, to: number]; hint?: string } = {},
  ) {
    super(message)
    this.name = 'ViewError'
    this.code = code
    this.span = more.span
    this.hint = more.hint
  }
}

export interface OverviewWish {
  /** seconds that rates and shares are of; Infinity: since the rules were loaded */
  windowS: number
  refreshMs: number
}

export interface ViewSource {
  readonly link: LinkState
  /** Told when `link` changed. Returns what ends it. */
  onLink(listener: (link: LinkState) => void): () => void
  /** A snapshot at once and then every `refreshMs`; goes on by itself after a loss. Returns what ends it. */
  subscribe(wish: OverviewWish, listener: (overview: Overview) => void): () => void
  /** Rejects with a ViewError, code `lost` while the link is not open. */
  rows<K extends RowKind>(kind: K, query: RowQuery): Promise<RowPage<RowsOf[K]>>
  why(flow: string): Promise<Explained>
  /** What happened to the subscriber with this IMSI or MSISDN, in the clear or as a row shows it; oldest first. */
  timeline(subscriber: string): Promise<TimelineRow[]>
  /** An empty note is refused; `who` is taken from the socket where it knows better. */
  acknowledge(alert: string, note: string, who: string): Promise<void>
  unacknowledge(alert: string, who: string): Promise<void>
  reload(): Promise<Reloaded>
  close(): Promise<void>
}
