/** How styles look: sequences of ECMA-48 8.3.117 (SGR). Blue and orange stay apart for every eye; a sign and a
 * word always come with them (interface.md 5.4). */

import type { Line, Style } from './line.js'

export const themeNames = ['dark', 'light', 'mono', 'base16'] as const
export type ThemeName = (typeof themeNames)[number]

export interface Theme {
  readonly styles: Readonly<Record<Style, string>>
  /** colours that the sequences choose from */
  readonly colours: 8 | 16 | 256
  /** lines are drawn with the characters of U+2500, else with - | + */
  readonly lines: boolean
}

const common = { bold: '1', inverse: '7', wrong: '4', rule: '', MIXD: '1' }

const themes: Record<ThemeName, Record<Style, string>> = {
  dark: {
    ...common,
    dim: '38;5;245',
    FREE: '38;5;39',
    CHRG: '38;5;214',
    BLCK: '38;5;15;48;5;160',
    UNKN: '38;5;245',
    PEND: '38;5;245',
  },
  light: {
    ...common,
    dim: '38;5;241',
    FREE: '38;5;25',
    CHRG: '38;5;130',
    BLCK: '38;5;15;48;5;160',
    UNKN: '38;5;241',
    PEND: '38;5;241',
  },
  base16: {
    ...common,
    dim: '90',
    FREE: '36',
    CHRG: '33',
    BLCK: '37;41',
    UNKN: '90',
    PEND: '90',
  },
  mono: { ...common, dim: '', FREE: '', CHRG: '1', BLCK: '7', UNKN: '', PEND: '' },
}

export function theme(name: ThemeName, lines: boolean): Theme {
  const colours = name === 'mono' ? 8 : name === 'base16' ? 16 : 256
  return { styles: themes[name], colours, lines }
}

const csi = '\u001b['
const drawn: Readonly<Record<string, string>> = { '-': '─', '|': '│', '+': '┼' }
/** The last guard: whatever a panel forgot to escape is not sent. */
const unsafe = /[^\x20-\x7e]/g

/** One line as it goes to the terminal. */
export function paint(of: Line, look: Theme): string {
  let out = ''
  for (const { text, style } of of) {
    let shown = text.replace(unsafe, '?')
    if (style === 'rule' && look.lines) shown = shown.replace(/[-|+]/g, sign => drawn[sign] ?? sign)
    const code = style === undefined ? '' : look.styles[style]
    out += code === '' ? shown : `${csi}${code}m${shown}${csi}0m`
  }
  return out
}
