/** The dashboard: keys and news of the probe in, screens out. It only reads; ending it touches no probe. */

import type { Overview } from '../record/snapshot.js'
import type { ViewSource } from '../record/view-source.js'
import { bodyHeight, screenLines } from './frame.js'
import type { Host, Surface } from './host.js'
import { type Action, actionOf } from './keys.js'
import { listAction } from './list-actions.js'
import { clickList } from './mouse.js'
import { overlayKey } from './overlay-keys.js'
import { itemsOf } from './panels/overview-lists.js'
import { whyHeight } from './panels/why.js'
import { openPrompt } from './prompt.js'
import { promptKey } from './prompt-keys.js'
import { moveFocus } from './rows.js'
import { isList, type MainScreen, mainScreens } from './scene.js'
import { Stage, type StageOptions } from './stage.js'
import { whyAction } from './why-actions.js'

export interface AppOptions extends StageOptions {
  bell: boolean
  /** wall mode: the screens that are shown in turn, and for how long */
  screens: readonly MainScreen[]
  rotateMs: number
}

/** At most 20 screens a second. */
const frameMs = 50
const windows: readonly number[] = [60, 300, 900, 3600, Number.POSITIVE_INFINITY]
const leastRefreshMs = 250
const mostRefreshMs = 60_000

export class App {
  readonly stage: Stage
  readonly #options: AppOptions
  #frameTimer: NodeJS.Timeout | undefined
  #lastFrame = Number.NEGATIVE_INFINITY
  #clock: NodeJS.Timeout | undefined
  #rotation: NodeJS.Timeout | undefined
  #unsubscribe: () => void = () => undefined
  #linkOff: () => void = () => undefined

  constructor(source: ViewSource, host: Host, surface: Surface, options: AppOptions) {
    this.#options = options
    this.stage = new Stage(source, host, surface, options, () => this.redraw())
    const [first = 'overview'] = options.screens
    this.stage.goTo(first)
  }

  start(): void {
    const { screens, rotateMs } = this.#options
    this.#watch()
    this.#clock = setInterval(() => this.redraw(), 1000)
    if (screens.length > 1 && rotateMs > 0) {
      this.#rotation = setInterval(() => this.#rotate(), rotateMs)
    }
    this.draw()
  }

  stop(): void {
    this.#unsubscribe()
    this.#linkOff()
    clearInterval(this.#clock)
    clearInterval(this.#rotation)
    clearTimeout(this.#frameTimer)
  }

  /** At once, unless the last screen is too fresh. */
  redraw(): void {
    if (this.#frameTimer !== undefined) return
    const wait = Math.max(0, this.#lastFrame + frameMs - performance.now())
    this.#frameTimer = setTimeout(() => this.draw(), wait)
  }

  draw(): void {
    clearTimeout(this.#frameTimer)
    this.#frameTimer = undefined
    this.#lastFrame = performance.now()
    const { scene, surface, host } = this.stage
    scene.nowMs = host.nowMs()
    surface.draw(screenLines(scene, surface.width, surface.height))
  }

  resize(): void {
    this.stage.refresh()
    this.draw()
  }

  /** `key` as blessed names it, `char` what it types. */
  key(key: string, char: string): void {
    const { stage } = this
    const { scene } = stage
    stage.quiet()
    if (scene.wall) {
      if (key === 'q' || key === 'C-c') stage.host.quit()
      return
    }
    if (scene.prompt !== undefined) promptKey(stage, scene.prompt, key, char)
    else if (scene.overlay !== undefined && key !== 'C-c')
      overlayKey(stage, scene.overlay, key, char)
    else {
      const action = actionOf(key, scene.screen)
      if (action !== undefined) this.#act(action)
    }
    this.redraw()
  }

  /** A click on a row focuses it, one on a head sorts, the wheel moves. */
  mouse(row: number, column: number, wheel: -1 | 0 | 1): void {
    const { stage } = this
    const { scene, surface } = stage
    if (scene.wall || scene.prompt !== undefined || scene.overlay !== undefined) return
    if (wheel !== 0) this.#move(wheel * 3)
    else if (isList(scene.screen)) clickList(stage, scene.screen, row, column, surface.width)
    this.redraw()
  }

  #act(action: Action): void {
    const { stage } = this
    const { scene, host, surface } = stage
    if (scene.screen === 'why' && whyAction(stage, action)) return
    if (listAction(stage, action)) return
    switch (action) {
      case 'screen-1':
      case 'screen-2':
      case 'screen-3':
      case 'screen-4':
      case 'screen-5':
      case 'screen-6':
        stage.goTo(mainScreens[Number(action.at(-1)) - 1] ?? 'overview')
        break
      case 'up':
        this.#move(-1)
        break
      case 'down':
        this.#move(1)
        break
      case 'page-up':
        this.#move(-this.#page())
        break
      case 'page-down':
        this.#move(this.#page())
        break
      case 'first':
        this.#move(Number.MIN_SAFE_INTEGER)
        break
      case 'last':
        this.#move(Number.MAX_SAFE_INTEGER)
        break
      case 'escape':
        this.#escape()
        break
      case 'back':
        stage.back()
        break
      case 'filter':
        scene.prompt = openPrompt(
          'filter',
          isList(scene.screen) ? scene.lists[scene.screen].filter : '',
        )
        break
      case 'command':
        scene.prompt = openPrompt('command')
        break
      case 'pause':
        this.#pause()
        break
      case 'window':
        scene.windowS = windows[(windows.indexOf(scene.windowS) + 1) % windows.length] ?? 300
        this.#watch()
        break
      case 'faster':
        this.#pace(0.5)
        break
      case 'slower':
        this.#pace(2)
        break
      case 'numbers':
        void this.#numbers()
        break
      case 'help':
        scene.overlay = { kind: 'help', top: 0 }
        break
      case 'repaint':
        surface.repaint()
        break
      case 'suspend':
        surface.suspend()
        break
      case 'quit':
        host.quit()
        break
      default:
        break
    }
  }

  #page(): number {
    const { scene, surface } = this.stage
    return isList(scene.screen) ? this.stage.room(scene.screen) : bodyHeight(surface.height) - 2
  }

  #move(by: number): void {
    const { stage } = this
    const { scene, surface } = stage
    if (isList(scene.screen)) {
      moveFocus(scene.screen, scene.lists[scene.screen], by, stage.room(scene.screen))
      if (scene.paused === undefined && scene.lists[scene.screen].frozen === undefined)
        stage.rows.fetch(scene.screen)
      stage.changed()
    } else if (scene.screen === 'overview') {
      const last = Math.max(0, itemsOf(scene).length - 1)
      scene.overviewFocus = Math.max(0, Math.min(last, scene.overviewFocus + by))
    } else if (scene.screen === 'why' && scene.why !== undefined) {
      const last = Math.max(0, whyHeight(scene, surface.width) - 1)
      scene.why.top = Math.max(0, Math.min(last, scene.why.top + by))
    } else if (scene.timeline !== undefined) {
      const last = Math.max(0, (scene.timeline.rows?.length ?? 0) - 1)
      scene.timeline.top = Math.max(0, Math.min(last, scene.timeline.top + by))
    }
  }

  /** Overlays and prompts took theirs; then the selection, then the filter, then a screen back. Never quits. */
  #escape(): void {
    const { stage } = this
    const { scene } = stage
    if (isList(scene.screen)) {
      const list = scene.lists[scene.screen]
      const opened = scene.back.at(-1)?.filter !== undefined
      if (list.selected.size > 0) {
        list.selected.clear()
        return
      }
      if (list.filter !== '' && !opened) {
        stage.filter(scene.screen, '')
        return
      }
    }
    stage.back()
  }

  #pause(): void {
    const { scene } = this.stage
    if (scene.paused === undefined) {
      if (scene.overview !== undefined)
        scene.paused = { sinceMs: scene.nowMs, live: scene.overview }
      return
    }
    scene.overview = scene.paused.live
    delete scene.paused
    this.stage.refresh()
  }

  #pace(factor: number): void {
    const { scene } = this.stage
    scene.refreshMs = Math.max(leastRefreshMs, Math.min(mostRefreshMs, scene.refreshMs * factor))
    this.stage.say(`refresh every ${scene.refreshMs / 1000} s`)
    this.#watch()
  }

  async #numbers(): Promise<void> {
    const { stage } = this
    const shown = stage.scene.overview?.revealed === true
    try {
      stage.replace(await stage.host.numbers(!shown))
      this.#watch()
    } catch (error) {
      if (!(error instanceof Error)) throw error
      stage.say(error.message)
    }
  }

  #rotate(): void {
    const { screens } = this.#options
    const { scene } = this.stage
    const at = screens.indexOf(scene.screen as MainScreen)
    this.stage.goTo(screens[(at + 1) % screens.length] ?? 'overview')
  }

  #watch(): void {
    const { stage } = this
    const { scene } = stage
    this.#unsubscribe()
    this.#linkOff()
    scene.link = stage.source.link
    this.#linkOff = stage.source.onLink(link => {
      scene.link = link
      this.redraw()
    })
    const wish = { windowS: scene.windowS, refreshMs: scene.refreshMs }
    this.#unsubscribe = stage.source.subscribe(wish, overview => this.#news(overview))
  }

  #news(overview: Overview): void {
    const { stage } = this
    const { scene, host, surface } = stage
    const before = (scene.paused?.live ?? scene.overview)?.alerts.new
    if (before !== undefined && overview.alerts.new > before) {
      scene.newAlerts = scene.screen !== 'alerts'
      if (this.#options.bell) surface.bell()
    }
    scene.freshMs = host.nowMs()
    if (scene.paused === undefined) scene.overview = overview
    else scene.paused.live = overview
    stage.refresh()
    this.redraw()
  }
}
