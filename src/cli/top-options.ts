/** What the dashboard is told on the command line and by the terminal, checked before anything is drawn. */

import { type MainScreen, mainScreens } from '../dashboard/scene.js'
import { type Theme, type ThemeName, theme } from '../dashboard/theme.js'
import { nearestWord } from '../record/filter/nearest.js'
import { secondNumber } from '../record/filter/values.js'
import { terminalText } from '../record/text.js'
import { parseTime } from '../record/time.js'
import { usageFailure } from './fail.js'
import type { Options } from './options.js'
import { filterTest } from './select.js'

type Env = Readonly<Record<string, string | undefined>>

export interface TopOptions {
  screens: readonly MainScreen[]
  refreshMs: number
  rotateMs: number
  wall: boolean
}

export function topOptions(options: Options): TopOptions {
  if (options.filter !== undefined) filterTest(options.filter)
  const refresh = secondsOf('refresh', options.refresh ?? '1', 0.25, 60)
  const rotate = secondsOf('rotate', options.rotate ?? '20s', 1, 86_400)
  if (options.rotate !== undefined && !options.wall) throw usageFailure('--rotate needs --wall')
  if (options.wall && options.once) throw usageFailure('--wall and --once exclude each other')
  if (options.fixture !== undefined && options.read.length > 0) {
    throw usageFailure('--fixture and -r exclude each other')
  }
  return {
    screens: screensOf(options.screens),
    refreshMs: refresh * 1000,
    rotateMs: options.wall ? rotate * 1000 : 0,
    wall: options.wall,
  }
}

function screensOf(text: string | undefined): readonly MainScreen[] {
  if (text === undefined) return ['overview']
  return text.split(',').map(typed => {
    const name = typed.trim().toLowerCase()
    const found = mainScreens.find(screen => screen === name)
    if (found !== undefined) return found
    throw usageFailure(
      `--screens: unknown screen "${terminalText(typed)}"`,
      nearestWord(name, mainScreens) ?? mainScreens.join(','),
    )
  })
}

function secondsOf(name: string, text: string, least: number, most: number): number {
  const seconds = secondNumber(text)
  if (seconds !== undefined && seconds >= least && seconds <= most) return seconds
  throw usageFailure(
    `--${name}: "${terminalText(text)}" is not a time from ${least} s to ${most} s`,
  )
}

/** Refuses what cannot be drawn on. */
export function checkTerminal(env: Env): void {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw usageFailure(
      'top needs a terminal on stdin and stdout',
      'tollgate top --once, or tollgate flows --json',
    )
  }
  const term = env.TERM ?? ''
  if (term === '' || term === 'dumb' || term === 'unknown') {
    const name = term === '' ? '(unset)' : terminalText(term)
    throw usageFailure(`top cannot draw on TERM=${name}`, 'TERM=xterm, or tollgate top --once')
  }
}

/** By `--theme`, else by what the terminal can show. Without colour nothing but bold and inverse is used. */
export function themeOf(options: Options, env: Env, colour: boolean): Theme {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || ''
  const lines = /utf-?8/i.test(locale) && !options.ascii
  if (!colour) return theme('mono', lines)
  return theme((options.theme as ThemeName | undefined) ?? themeFor(env), lines)
}

function themeFor(env: Env): ThemeName {
  const term = env.TERM ?? ''
  if (/^(vt\d|ansi-m)/.test(term)) return 'mono'
  return /256|direct|kitty|alacritty/.test(term) || (env.COLORTERM ?? '') !== '' ? 'dark' : 'base16'
}

/** The clock; TOLLGATE_NOW stops it, so that screens can be compared. */
export function clockOf(env: Env): () => number {
  const fixed = parseTime(env.TOLLGATE_NOW ?? '')
  return fixed === undefined ? () => Date.now() : () => fixed / 1000
}
