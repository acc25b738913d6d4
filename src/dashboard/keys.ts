/** Every key, once: what it does, on which screens, how the footer and the help name it. */

import type { ScreenName } from './scene.js'

export type Action =
  | 'screen-1'
  | 'screen-2'
  | 'screen-3'
  | 'screen-4'
  | 'screen-5'
  | 'screen-6'
  | 'up'
  | 'down'
  | 'page-up'
  | 'page-down'
  | 'first'
  | 'last'
  | 'left'
  | 'right'
  | 'open'
  | 'escape'
  | 'back'
  | 'pane'
  | 'zoom'
  | 'filter'
  | 'command'
  | 'sort'
  | 'reverse'
  | 'freeze'
  | 'select'
  | 'select-all'
  | 'select-none'
  | 'save'
  | 'pause'
  | 'follow'
  | 'columns'
  | 'window'
  | 'subscriber'
  | 'rule'
  | 'wireshark'
  | 'copy'
  | 'acknowledge'
  | 'acknowledge-all'
  | 'unacknowledge'
  | 'export'
  | 'numbers'
  | 'faster'
  | 'slower'
  | 'timeline'
  | 'source'
  | 'all-rules'
  | 'help'
  | 'repaint'
  | 'quit'
  | 'suspend'

export interface KeyBinding {
  action: Action
  /** as blessed names them; the first is shown */
  keys: readonly string[]
  /** absent: on every screen */
  screens?: readonly ScreenName[]
  /** how footer and help write the keys */
  shown: string
  help: string
  /** in the footer, by screen or for all; the lowest rank stays longest */
  hint?: string
  rank?: number
}

const lists: readonly ScreenName[] = ['flows', 'subscribers', 'rules', 'alerts', 'log']
const rated: readonly ScreenName[] = ['flows', 'subscribers', 'rules', 'alerts']

const openWords = {
  overview: { help: 'screen with the row under the focus', hint: 'Open' },
  flows: { help: 'why was it rated so', hint: 'Why' },
  subscribers: { help: 'flows of the subscriber', hint: 'Flows' },
  rules: { help: 'flows that the rule decided', hint: 'Flows' },
  alerts: { help: 'the flow that shows it', hint: 'Open flow' },
  log: { help: 'what the line is about', hint: 'Open' },
  timeline: { help: 'flow of the event', hint: 'Flow' },
} as const

export const keyBindings: readonly KeyBinding[] = [
  ...(['flows', 'subscribers', 'rules', 'alerts', 'log', 'overview', 'timeline'] as const).map(
    (screen): KeyBinding => ({
      action: 'open',
      keys: ['enter', 'return'],
      screens: [screen],
      shown: 'Enter',
      ...openWords[screen],
      rank: 1,
    }),
  ),
  {
    action: 'pane',
    keys: ['tab', 'S-tab'],
    screens: ['why'],
    shown: 'Tab',
    help: 'other pane',
    hint: 'Pane',
    rank: 1,
  },
  {
    action: 'zoom',
    keys: ['z'],
    screens: ['why'],
    shown: 'z',
    help: 'one pane, or both',
    hint: 'Zoom',
    rank: 2,
  },
  {
    action: 'all-rules',
    keys: ['o'],
    screens: ['why'],
    shown: 'o',
    help: 'all rules, or those tried',
    hint: 'Rules: all/tried',
    rank: 5,
  },
  {
    action: 'copy',
    keys: ['y'],
    screens: ['why', 'flows'],
    shown: 'y',
    help: 'copy the explanation (OSC 52)',
    hint: 'Copy',
    rank: 7,
  },
  {
    action: 'select',
    keys: ['space'],
    screens: ['flows', 'alerts'],
    shown: 'Space',
    help: 'select',
    hint: 'Select',
    rank: 2,
  },
  {
    action: 'timeline',
    keys: ['i'],
    screens: ['subscribers'],
    shown: 'i',
    help: 'what happened, by time',
    hint: 'Timeline',
    rank: 2,
  },
  {
    action: 'source',
    keys: ['v'],
    screens: ['rules', 'why'],
    shown: 'v',
    help: 'source of the rule',
    hint: 'Source',
    rank: 2,
  },
  {
    action: 'acknowledge',
    keys: ['a'],
    screens: ['alerts'],
    shown: 'a',
    help: 'acknowledge, with a note',
    hint: 'Ack',
    rank: 2,
  },
  {
    action: 'unacknowledge',
    keys: ['u'],
    screens: ['alerts'],
    shown: 'u',
    help: 'take the acknowledgement back',
    hint: 'Un-ack',
    rank: 6,
  },
  {
    action: 'acknowledge-all',
    keys: ['A', 'S-a'],
    screens: ['alerts'],
    shown: 'A',
    help: 'acknowledge all shown',
  },
  {
    action: 'filter',
    keys: ['/', 'f3'],
    screens: ['overview', ...lists],
    shown: '/',
    help: 'filter; Up, Down: history',
    hint: 'Filter',
    rank: 3,
  },
  {
    action: 'sort',
    keys: ['s', 'f6'],
    screens: lists,
    shown: 's',
    help: 'sort by a column',
    hint: 'Sort',
    rank: 4,
  },
  {
    action: 'reverse',
    keys: ['S', 'S-s'],
    screens: lists,
    shown: 'S',
    help: 'turn the order round',
  },
  { action: 'freeze', keys: ['o'], screens: ['flows'], shown: 'o', help: 'freeze the order' },
  {
    action: 'select-all',
    keys: ['*'],
    screens: ['flows', 'alerts'],
    shown: '*',
    help: 'select all on the screen',
  },
  {
    action: 'select-none',
    keys: ['x'],
    screens: ['flows', 'alerts'],
    shown: 'x',
    help: 'select none',
  },
  {
    action: 'columns',
    keys: ['c'],
    screens: rated,
    shown: 'c',
    help: 'choose columns',
    hint: 'Columns',
    rank: 9,
  },
  {
    action: 'follow',
    keys: ['f'],
    screens: ['flows', 'log'],
    shown: 'f',
    help: 'follow the newest',
    hint: 'Follow',
    rank: 10,
  },
  {
    action: 'subscriber',
    keys: ['u'],
    screens: ['flows', 'why'],
    shown: 'u',
    help: 'its subscriber',
    hint: 'Subscriber',
    rank: 8,
  },
  {
    action: 'rule',
    keys: ['r'],
    screens: ['flows', 'why'],
    shown: 'r',
    help: 'its rule',
    hint: 'Rule',
    rank: 8,
  },
  {
    action: 'wireshark',
    keys: ['W', 'S-w'],
    screens: ['flows', 'why'],
    shown: 'W',
    help: 'filter for Wireshark',
  },
  {
    action: 'export',
    keys: ['e'],
    screens: ['flows', 'why', 'alerts'],
    shown: 'e',
    help: 'export packets (pcapng)',
    hint: 'Export',
    rank: 7,
  },
  {
    action: 'window',
    keys: ['t'],
    screens: ['overview'],
    shown: 't',
    help: 'window of the rates',
    hint: 'Window',
    rank: 6,
  },
  { action: 'left', keys: ['left'], screens: rated, shown: 'Left', help: 'scroll columns' },
  { action: 'right', keys: ['right'], screens: rated, shown: 'Right', help: 'scroll columns back' },
  { action: 'screen-1', keys: ['1'], shown: '1-6', help: 'go to screen', hint: 'Screen', rank: 8 },
  { action: 'screen-2', keys: ['2'], shown: '', help: '' },
  { action: 'screen-3', keys: ['3'], shown: '', help: '' },
  { action: 'screen-4', keys: ['4'], shown: '', help: '' },
  { action: 'screen-5', keys: ['5'], shown: '', help: '' },
  { action: 'screen-6', keys: ['6'], shown: '', help: '' },
  { action: 'up', keys: ['up', 'k'], shown: 'Up k', help: 'row up' },
  { action: 'down', keys: ['down', 'j'], shown: 'Down j', help: 'row down' },
  { action: 'page-up', keys: ['pageup', 'C-u', 'C-b'], shown: 'PgUp', help: 'page up' },
  { action: 'page-down', keys: ['pagedown', 'C-d', 'C-f'], shown: 'PgDn', help: 'page down' },
  { action: 'first', keys: ['home', 'g'], shown: 'Home g', help: 'first row' },
  { action: 'last', keys: ['end', 'G', 'S-g'], shown: 'End G', help: 'last row' },
  {
    action: 'command',
    keys: [':'],
    shown: ':',
    help: 'command (:save :since :goto)',
    hint: 'Command',
    rank: 9,
  },
  { action: 'pause', keys: ['p'], shown: 'p', help: 'pause the screen', hint: 'Pause', rank: 5 },
  {
    action: 'save',
    keys: ['w', 'f2'],
    screens: lists,
    shown: 'w',
    help: 'save rows',
    hint: 'Save',
    rank: 6,
  },
  { action: 'numbers', keys: ['m'], shown: 'm', help: 'show or hide numbers' },
  { action: 'faster', keys: ['+', '='], shown: '+', help: 'refresh faster' },
  { action: 'slower', keys: ['-'], shown: '-', help: 'refresh slower' },
  { action: 'repaint', keys: ['C-l'], shown: 'Ctrl-L', help: 'repaint' },
  { action: 'suspend', keys: ['C-z'], shown: 'Ctrl-Z', help: 'suspend' },
  { action: 'back', keys: ['backspace'], shown: 'Bksp', help: 'back one screen' },
  { action: 'escape', keys: ['escape'], shown: 'Esc', help: 'close, clear, back' },
  { action: 'help', keys: ['?', 'f1', 'h'], shown: '?', help: 'this help' },
  { action: 'quit', keys: ['q', 'f10', 'C-c'], shown: 'q', help: 'quit at once' },
]

const byScreen = new Map<string, Map<string, Action>>()

/** What a key does on a screen. */
export function actionOf(key: string, screen: ScreenName): Action | undefined {
  let known = byScreen.get(screen)
  if (known === undefined) {
    known = new Map()
    for (const { action, keys } of bindingsOf(screen)) {
      for (const name of keys) if (!known.has(name)) known.set(name, action)
    }
    byScreen.set(screen, known)
  }
  return known.get(key)
}

/** Those of the screen alone first. */
export function bindingsOf(screen: ScreenName): readonly KeyBinding[] {
  const own = keyBindings.filter(one => one.screens?.includes(screen) === true)
  return [...own, ...keyBindings.filter(one => one.screens === undefined)]
}
