/** Help of a screen, from the table of keys: those of the screen, those of all, verdicts, the filter language. */

import { verdictLabels, verdictOrder } from '../../record/figures.js'
import { filterFields } from '../../record/filter/all.js'
import { wrap } from '../../record/text.js'
import { bindingsOf, type KeyBinding } from '../keys.js'
import { type Line, line, lineWidth, type Span, span } from '../line.js'
import type { ScreenName } from '../scene.js'

const meanings = {
  FREE: 'not charged',
  CHRG: 'charged',
  BLCK: 'blocked or redirected',
  MIXD: 'several rules',
  UNKN: 'no tariff known',
  PEND: 'not decided yet',
} as const

/** All lines of the help; the overlay shows a page of them. */
export function helpLines(screen: ScreenName, width: number): Line[] {
  const half = Math.floor(Math.min(width, 100) / 2)
  const shown = bindingsOf(screen).filter(one => one.shown !== '')
  const own = shown.filter(one => one.screens !== undefined)
  const everywhere = shown.filter(one => one.screens === undefined)
  const rows = Math.max(own.length, everywhere.length)
  const keys = Array.from({ length: rows }, (_, i) => {
    const left = keyText(own[i])
    return line(` ${left.padEnd(half - 1)}${keyText(everywhere[i])}`)
  })
  return [
    [
      { text: ' THIS SCREEN'.padEnd(half), style: 'bold' },
      { text: 'EVERYWHERE', style: 'bold' },
    ],
    ...keys,
    line(''),
    [{ text: ' VERDICTS', style: 'bold' }],
    ...verdictRows(),
    line(''),
    [
      { text: ' FILTER', style: 'bold' },
      span('   host contains "wap" and verdict == CHRG and bytes > 1MB'),
    ],
    line('          a bare word looks in flow, IMSI, MSISDN, address, host and rule'),
    ...wrap(`fields: ${filterFields.map(one => one.name).join(' ')}`, width - 12).map(part =>
      line(`          ${part}`),
    ),
    line('          == != < <= > >= contains matches in {a, b} exists, and or not ( )'),
  ]
}

function keyText(binding: KeyBinding | undefined): string {
  return binding === undefined ? '' : `${binding.shown.padEnd(9)}${binding.help}`
}

function verdictRows(): Line[] {
  const cells = verdictOrder.map((verdict): Span[] => [
    { text: ' ' },
    { text: verdictLabels[verdict], style: verdict },
    { text: ` ${meanings[verdict]}` },
  ])
  const rows: Line[] = []
  for (let i = 0; i < cells.length; i += 3) {
    rows.push(
      cells.slice(i, i + 3).flatMap(cell => {
        const pad = Math.max(1, 26 - lineWidth(cell))
        return [...cell, { text: ' '.repeat(pad) }]
      }),
    )
  }
  return rows
}
