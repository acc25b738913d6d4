/** The scene and all that can happen to it: other screens, filters, explanations. Keys and timers act through it. */

import type { RowKind } from '../record/snapshot.js'
import { ViewError, type ViewSource } from '../record/view-source.js'
import { bodyHeight } from './frame.js'
import type { Host, Surface } from './host.js'
import { alertListHeight } from './panels/alerts.js'
import { focusedRow, rowsRoom } from './panels/list.js'
import { newList, RowFetcher, restart } from './rows.js'
import { isList, listScreens, type Place, type Scene, type ScreenName } from './scene.js'

export interface StageOptions {
  utc: boolean
  refreshMs: number
  wall: boolean
  /** expression for the flows from the start */
  filter?: string
}

/** A message stays that long, or until a key. */
const messageMs = 5000
const mostPlaces = 20

export class Stage {
  readonly scene: Scene
  readonly host: Host
  readonly surface: Surface
  readonly rows: RowFetcher
  source: ViewSource
  readonly #redraw: () => void
  #messageTimer: NodeJS.Timeout | undefined

  constructor(
    source: ViewSource,
    host: Host,
    surface: Surface,
    options: StageOptions,
    redraw: () => void,
  ) {
    this.source = source
    this.host = host
    this.surface = surface
    this.#redraw = redraw
    this.scene = {
      nowMs: host.nowMs(),
      utc: options.utc,
      refreshMs: options.refreshMs,
      windowS: 300,
      link: source.link,
      freshMs: host.nowMs(),
      screen: 'overview',
      back: [],
      lists: {
        flows: { ...newList<'flows'>('-bytes'), filter: options.filter ?? '' },
        subscribers: newList<'subscribers'>('-blocked_flows'),
        rules: newList<'rules'>('-hits'),
        alerts: newList<'alerts'>(),
        log: newList<'log'>('ts', true),
      },
      overviewFocus: 0,
      wall: options.wall,
      newAlerts: false,
      whyLines: (record, width, all) => host.whyLines(record, width, all),
    }
    this.rows = new RowFetcher(
      this.scene,
      () => this.source,
      kind => this.room(kind),
      () => this.changed(),
    )
  }

  changed(): void {
    this.#followAlert()
    this.#redraw()
  }

  /** Rows of a list on the screen. */
  room(kind: RowKind): number {
    const body = bodyHeight(this.surface.height)
    return rowsRoom(kind === 'alerts' ? alertListHeight(body) : body)
  }

  say(message: string): void {
    this.scene.message = message
    clearTimeout(this.#messageTimer)
    this.#messageTimer = setTimeout(() => this.quiet(), messageMs)
    this.#messageTimer.unref()
    this.#redraw()
  }

  quiet(): void {
    if (this.scene.message === undefined) return
    delete this.scene.message
    this.#redraw()
  }

  /** To a screen of its own key: there is no way back from it. */
  goTo(screen: ScreenName): void {
    this.scene.back = []
    this.#show(screen)
  }

  /** Opened from what is shown now. */
  open(screen: ScreenName, flowFilter?: string): void {
    const { scene } = this
    const { flows } = scene.lists
    const place: Place = {
      screen: scene.screen,
      ...(flowFilter === undefined ? {} : { filter: flows.filter }),
    }
    scene.back = [...scene.back, place].slice(-mostPlaces)
    if (flowFilter !== undefined) this.#setFilter('flows', flowFilter)
    this.#show(screen)
  }

  back(): boolean {
    const { scene } = this
    const place = scene.back.at(-1)
    if (place === undefined) return false
    scene.back = scene.back.slice(0, -1)
    if (place.filter !== undefined) this.#setFilter('flows', place.filter)
    this.#show(place.screen)
    return true
  }

  filter(kind: RowKind, text: string): void {
    this.#setFilter(kind, text)
    this.rows.fetch(kind)
    this.#redraw()
  }

  sort(kind: RowKind, sort: string): void {
    const list = this.scene.lists[kind]
    list.sort = sort
    list.follow = false
    delete list.frozen
    this.rows.fetch(kind)
    this.#redraw()
  }

  /** What was shown is asked for again. */
  refresh(): void {
    const { screen, paused } = this.scene
    if (!isList(screen)) return
    if (paused === undefined || this.scene.lists[screen].page === undefined) this.rows.fetch(screen)
  }

  async why(flow: string): Promise<void> {
    const { scene } = this
    this.open('why')
    scene.why = { flow, all: false, pane: 'why', zoomed: false, top: 0 }
    this.#redraw()
    const answer = await this.#asked(() => this.source.why(flow))
    if (scene.why?.flow !== flow) return
    if (answer.value !== undefined) scene.why.explained = answer.value
    else scene.why.trouble = answer.trouble
    this.#redraw()
  }

  async timeline(subscriber: string): Promise<void> {
    const { scene } = this
    this.open('timeline')
    scene.timeline = { subscriber, top: 0 }
    this.#redraw()
    const answer = await this.#asked(() => this.source.timeline(subscriber))
    if (scene.timeline?.subscriber !== subscriber) return
    if (answer.value !== undefined) scene.timeline.rows = answer.value
    else scene.timeline.trouble = answer.trouble
    this.#redraw()
  }

  /** Another probe, or the same with numbers in the clear. */
  replace(source: ViewSource): void {
    void this.source.close()
    this.source = source
    for (const kind of listScreens) restart(this.scene.lists[kind])
    this.refresh()
  }

  #show(screen: ScreenName): void {
    const { scene } = this
    scene.screen = screen
    delete scene.overlay
    if (screen === 'alerts') scene.newAlerts = false
    this.refresh()
    this.#redraw()
  }

  #setFilter(kind: RowKind, text: string): void {
    const list = this.scene.lists[kind]
    if (list.filter === text) return
    list.filter = text
    restart(list)
  }

  /** The timeline under the alerts is that of the focused one. */
  #followAlert(): void {
    const { scene } = this
    if (scene.screen !== 'alerts') return
    const subscriber = focusedRow(scene, 'alerts')?.imsi
    if (subscriber === undefined || scene.alertTimeline?.subscriber === subscriber) return
    scene.alertTimeline = { subscriber, top: 0 }
    void this.#asked(() => this.source.timeline(subscriber)).then(({ value }) => {
      if (scene.alertTimeline?.subscriber !== subscriber || value === undefined) return
      scene.alertTimeline.rows = value
      this.#redraw()
    })
  }

  async #asked<T>(ask: () => Promise<T>): Promise<{ value?: T; trouble: string }> {
    try {
      return { value: await ask(), trouble: '' }
    } catch (error) {
      if (!(error instanceof ViewError)) throw error
      return { trouble: error.message }
    }
  }
}
