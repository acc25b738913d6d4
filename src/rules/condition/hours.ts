/** `hours`: time of day of the flow's first packet, `"22:00-06:00 +06:00"`: from the first minute up to,
 * not including, the second; past midnight when the first is later. UTC when no offset is given.
 * RFC 3339 section 5.6 for the offset. */

import { z } from 'zod'
import { condition, listed } from '../condition.js'
import type { FlowFacts } from '../rule-facts.js'

const US_PER_MINUTE = 60_000_000
const MINUTES_PER_DAY = 1440
const span =
  /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]|24):([0-5]\d)(?: ([+-])([01]\d):([0-5]\d))?$/
const one = z.string().regex(span)
const schema = z.union([one, z.array(one).min(1)])

interface Hours {
  from: number
  to: number
  offset: number
}

function hoursOf(text: string): Hours {
  const part = span.exec(text) ?? []
  const minutes = (at: number) => Number(part[at] ?? 0) * 60 + Number(part[at + 1] ?? 0)
  const offset = minutes(6)
  return { from: minutes(1), to: minutes(3), offset: part[5] === '-' ? -offset : offset }
}

/** Minute of the day, 0 to 1439, at an offset from UTC in minutes. */
function minuteOf(timeUs: number, offset: number): number {
  const minute = Math.floor(timeUs / US_PER_MINUTE) + offset
  return ((minute % MINUTES_PER_DAY) + MINUTES_PER_DAY) % MINUTES_PER_DAY
}

/** The same minutes in UTC. */
function utcSpan({ from, to, offset }: Hours): { from: number; to: number } {
  const utc = (minute: number) => (minute - offset + 2 * MINUTES_PER_DAY) % MINUTES_PER_DAY
  return { from: utc(from), to: utc(to - 1) }
}

function clockText(minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}`
}

export const hours = condition<FlowFacts, z.infer<typeof schema>>({
  key: 'hours',
  doc: 'time of day of the first packet: "HH:MM-HH:MM" in UTC, or "HH:MM-HH:MM +06:00", or a list',
  form: 'takes "HH:MM-HH:MM", with an offset such as " +06:00" when not in UTC, or a list of them',
  schema,
  compile(value, refuse) {
    const spans: Hours[] = []
    const all = listed<string>(value)
    for (const { path, item } of all) {
      const own = hoursOf(item)
      if (own.from === own.to) refuse(path, `hours "${item}" are empty`, '"00:00-24:00"')
      else if (own.to > MINUTES_PER_DAY) refuse(path, `hours "${item}" end after 24:00`)
      else spans.push(own)
    }
    if (spans.length < all.length) return undefined
    return {
      expected: all.map(({ item }) => item).join(', '),
      passes: { by: 'minutes', spans: spans.map(utcSpan) },
      test({ timeUs }) {
        if (timeUs === undefined) return false
        return spans.some(({ from, to, offset }) => {
          const minute = minuteOf(timeUs, offset)
          return from < to ? minute >= from && minute < to : minute >= from || minute < to
        })
      },
    }
  },
  show: ({ timeUs }) =>
    timeUs === undefined ? '(no time)' : `${clockText(minuteOf(timeUs, 0))} UTC`,
})
