/** Packet times as text and back: RFC 3339 with microseconds, in UTC for machines, local with the
 * offset for people. The zone's offset is looked up once for each quarter of an hour, the finest
 * step in which zones differ, because asking for every record is slow. */

/** 9999-12-31T23:59:59: later times (a damaged capture) are shown as this. */
const lastSecond = 253_402_300_799
const quarterHour = 900

let utcSecond = Number.NaN
let utcText = ''

/** `2026-11-21T15:02:26.031000Z`. `timeUs`: microseconds since 1970. */
export function utcTime(timeUs: number): string {
  const second = boundedSecond(timeUs)
  if (second !== utcSecond) {
    utcSecond = second
    utcText = new Date(second * 1000).toISOString().slice(0, 19)
  }
  return `${utcText}.${microseconds(timeUs)}Z`
}

/** `2026-11-21T21:02:26.031000+06:00`. */
export function localTime(timeUs: number, utc = false): string {
  if (utc) return utcTime(timeUs)
  return `${shifted(timeUs).slice(0, 19)}.${microseconds(timeUs)}${offsetText(offsetMinutes(timeUs))}`
}

/** Time of day, `21:02:26.031`. */
export function clockTime(timeUs: number, utc = false): string {
  return `${dateAndClock(timeUs, utc).slice(11, 19)}.${microseconds(timeUs).slice(0, 3)}`
}

/** `2026-11-21`. */
export function dateText(timeUs: number, utc = false): string {
  return dateAndClock(timeUs, utc).slice(0, 10)
}

/** `+06`, `-03:30`, `UTC`. */
export function zoneText(timeUs: number, utc = false): string {
  if (utc || offsetMinutes(timeUs) === 0) return 'UTC'
  return offsetText(offsetMinutes(timeUs)).replace(/:00$/, '')
}

/** Microseconds since 1970 of a local (or UTC) date and time of day. */
export function localMidnight(timeUs: number, utc: boolean): number {
  const shift = utc ? 0 : offsetMinutes(timeUs) * 60
  const second = Math.floor(timeUs / 1e6) + shift
  return (second - (((second % 86_400) + 86_400) % 86_400) - shift) * 1e6
}

const rfc3339 = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/i

/** Microseconds since 1970 of an RFC 3339 time (seconds may be left out); undefined when the text
 * is not one. */
export function parseTime(text: string): number | undefined {
  const match = rfc3339.exec(text)
  if (match === null) return undefined
  const [, date = '', clock = '', fraction = '', zone = ''] = match
  const seconds = clock.length === 5 ? `${clock}:00` : clock
  const ms = Date.parse(`${date}T${seconds}${zone.toUpperCase()}`)
  if (Number.isNaN(ms)) return undefined
  return ms * 1000 + Number(fraction.padEnd(6, '0').slice(0, 6))
}

function boundedSecond(timeUs: number): number {
  return Math.min(Math.max(Math.floor(timeUs / 1e6), 0), lastSecond)
}

function microseconds(timeUs: number): string {
  if (timeUs < 0) return '000000'
  if (timeUs >= (lastSecond + 1) * 1e6) return '999999'
  return Math.floor(timeUs % 1e6)
    .toString()
    .padStart(6, '0')
}

let offsetQuarter = Number.NaN
let offset = 0

/** Minutes east of UTC at that time. */
function offsetMinutes(timeUs: number): number {
  const quarter = Math.floor(boundedSecond(timeUs) / quarterHour)
  if (quarter !== offsetQuarter) {
    offsetQuarter = quarter
    offset = -new Date(quarter * quarterHour * 1000).getTimezoneOffset()
  }
  return offset
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const hours = Math.floor(size / 60)
    .toString()
    .padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${hours}:${(size % 60).toString().padStart(2, '0')}`
}

/** Local date and time, written as if it were UTC. */
function shifted(timeUs: number): string {
  return utcTime((boundedSecond(timeUs) + offsetMinutes(timeUs) * 60) * 1e6)
}

function dateAndClock(timeUs: number, utc: boolean): string {
  return utc ? utcTime(timeUs) : shifted(timeUs)
}
