/** All that the screens are drawn from: what the probe said last, and what the operator chose. */

import type { ExplainRecord } from '../record/explain-record.js'
import type { Explained, Overview, RowKind, RowsOf, TimelineRow } from '../record/snapshot.js'
import type { LinkState } from '../record/view-source.js'
import type { Prompt } from './prompt.js'

export const listScreens = ['flows', 'subscribers', 'rules', 'alerts', 'log'] as const
export const mainScreens = ['overview', ...listScreens] as const
export type MainScreen = (typeof mainScreens)[number]
/** A screen behind its key 1 to 6, or one that is opened from a row. */
export type ScreenName = MainScreen | 'why' | 'timeline'

export interface ListState<K extends RowKind = RowKind> {
  filter: string
  /** field, `-` before it: highest first; absent: the order of the probe */
  sort?: string
  /** place of the focused row among those shown, and its key: the focus belongs to the row */
  focus: number
  key?: string
  /** place of the first row on the screen */
  top: number
  selected: Set<string>
  /** focus stays on the newest */
  follow: boolean
  /** keys in the order in which they stay */
  frozen?: readonly string[]
  /** ids of columns that were chosen away */
  hidden: Set<string>
  /** columns scrolled to the left */
  scroll: number
  page?: Page<RowsOf[K]>
  /** what the probe answered instead: `unknown field "hots"` */
  trouble?: string
}

export interface Page<T> {
  rows: readonly T[]
  /** place of the first of `rows` */
  offset: number
  shown: number
  total: number
}

export interface WhyState {
  flow: string
  explained?: Explained
  trouble?: string
  /** rules after the winner too */
  all: boolean
  pane: 'why' | 'ladder'
  zoomed: boolean
  top: number
}

export interface TimelineState {
  subscriber: string
  rows?: readonly TimelineRow[]
  trouble?: string
  top: number
}

/** Something over the body. */
export type Overlay =
  | { kind: 'help'; top: number }
  | { kind: 'text'; title: string; lines: readonly string[]; top: number }
  | { kind: 'choice'; of: 'sort' | 'columns'; at: number }
  | { kind: 'save'; dialog: SaveDialog }

export const saveFormats = ['pcapng', 'ndjson', 'csv', 'text'] as const
export type SaveFormat = (typeof saveFormats)[number]

export interface SaveDialog {
  what: 'selected' | 'shown' | 'all'
  format: SaveFormat
  formats: readonly SaveFormat[]
  file: string
  /** row of the dialog: what, format, file */
  at: 0 | 1 | 2
  /** the file exists: the next Enter writes over it */
  overwrite: boolean
}

/** Where a screen was left, for the way back; `filter`: of the flows, which were opened with another. */
export interface Place {
  screen: ScreenName
  filter?: string
}

export interface Scene {
  nowMs: number
  utc: boolean
  refreshMs: number
  /** seconds; Infinity: since the rules were loaded */
  windowS: number
  link: LinkState
  overview?: Overview
  /** when it came, milliseconds since 1970 */
  freshMs: number
  /** `overview` stands still; `live` is what came last */
  paused?: { sinceMs: number; live: Overview }
  screen: ScreenName
  back: readonly Place[]
  lists: { [K in RowKind]: ListState<K> }
  /** focused row of the overview */
  overviewFocus: number
  why?: WhyState
  timeline?: TimelineState
  /** of the alert that has the focus */
  alertTimeline?: TimelineState
  overlay?: Overlay
  prompt?: Prompt
  message?: string
  wall: boolean
  /** the alerts of the title were not seen yet */
  newAlerts: boolean
  /** an explain record as the command line shows it */
  whyLines: (record: ExplainRecord, width: number, all: boolean) => readonly string[]
}

export function isList(screen: ScreenName): screen is RowKind {
  return (listScreens as readonly string[]).includes(screen)
}

/** What ages of rows are counted to: of a file its last packet, whenever it is looked at. */
export function rowClock({ nowMs, utc, overview }: Scene): { nowMs: number; utc: boolean } {
  const isFile = overview?.mode === 'file' && overview.packet_us > 0
  return { nowMs: isFile ? overview.packet_us / 1000 : nowMs, utc }
}

/** Nothing came for three refreshes although the socket is open. */
export function isStale(scene: Scene): boolean {
  return scene.nowMs - scene.freshMs > 3 * scene.refreshMs + staleGraceMs
}

const staleGraceMs = 250
