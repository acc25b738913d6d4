/** Hours of the day in which nobody is disturbed, in the subscribers' time zone. */

export interface QuietHours {
  /** minutes after midnight; `from` = `to` means never */
  from: number
  to: number
  /** IANA name: `Asia/Shanghai` */
  timeZone: string
}

const minuteUs = 60_000_000
const dayMinutes = 1440

/** Minutes after midnight there; clocks that are put forward or back are followed. */
function minuteOfDay(timeUs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(timeUs / 1000)
  const value = (type: string) => Number(parts.find(part => part.type === type)?.value ?? 0)
  return value('hour') * 60 + value('minute')
}

export function isQuiet(timeUs: number, { from, to, timeZone }: QuietHours): boolean {
  const minute = minuteOfDay(timeUs, timeZone)
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}

/** The end of the quiet hours that `timeUs` is in, else `timeUs` itself. */
export function afterQuiet(timeUs: number, quiet: QuietHours): number {
  if (!isQuiet(timeUs, quiet)) return timeUs
  const left = (quiet.to - minuteOfDay(timeUs, quiet.timeZone) + dayMinutes) % dayMinutes
  let end = Math.floor(timeUs / minuteUs) * minuteUs + left * minuteUs
  // a night in which the clock was put back is longer
  while (isQuiet(end, quiet)) end += minuteUs
  return end
}
