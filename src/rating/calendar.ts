/** The operator's calendar: in which month and at which minute of the day an instant lies, in the time zone
 * that the product file states. The zone's offset is looked up once for each quarter of an hour, the
 * finest step in which zones differ: octets come packet by packet. */

const usPerMinute = 60_000_000
const usPerQuarter = 15 * usPerMinute
const minutesPerDay = 1440
const fixedOffset = /^([+-])(0\d|1[0-4]):([0-5]\d)$/
/** 9999-12-31: a damaged capture may say more. */
const lastUs = 253_402_214_400_000_000

/** Months since January 1970, as `monthOf` counts them. */
export type MonthNumber = number

export class Calendar {
  /** `UTC`, an offset such as `+08:00`, or a name of the IANA time zone database */
  readonly zone: string
  readonly #zoned: Intl.DateTimeFormat | undefined
  readonly #fixed: number
  #quarter = Number.NaN
  #offset = 0

  /** Throws a RangeError when there is no such zone. */
  constructor(zone: string) {
    this.zone = zone
    const [, sign = '', hours = '', minutes = ''] = fixedOffset.exec(zone) ?? []
    this.#fixed = (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
    if (zone !== 'UTC' && sign === '') {
      this.#zoned = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
    }
  }

  /** Minutes east of UTC. */
  offsetAt(timeUs: number): number {
    if (this.#zoned === undefined) return this.#fixed
    const quarter = Math.floor(bounded(timeUs) / usPerQuarter)
    if (quarter !== this.#quarter) {
      this.#quarter = quarter
      this.#offset = offsetOf(this.#zoned, quarter * (usPerQuarter / 1000))
    }
    return this.#offset
  }

  /** 0 to 1439. */
  minuteOfDay(timeUs: number): number {
    const minute = Math.floor(bounded(timeUs) / usPerMinute) + this.offsetAt(timeUs)
    return ((minute % minutesPerDay) + minutesPerDay) % minutesPerDay
  }

  monthOf(timeUs: number): MonthNumber {
    const local = new Date(bounded(timeUs) / 1000 + this.offsetAt(timeUs) * 60_000)
    return (local.getUTCFullYear() - 1970) * 12 + local.getUTCMonth()
  }

  /** The first instant of a month, in µs since 1970. */
  monthStartUs(month: MonthNumber): number {
    const wall = Date.UTC(1970 + Math.floor(month / 12), ((month % 12) + 12) % 12) * 1000
    const guess = wall - this.offsetAt(wall) * usPerMinute
    // the offset of the boundary itself, where summer time begins or ends nearby
    return wall - this.offsetAt(guess) * usPerMinute
  }
}

/** `2026-11`. */
export function monthText(month: MonthNumber): string {
  const year = String(1970 + Math.floor(month / 12)).padStart(4, '0')
  return `${year}-${String((((month % 12) + 12) % 12) + 1).padStart(2, '0')}`
}

function bounded(timeUs: number): number {
  return Math.min(Math.max(timeUs, 0), lastUs)
}

function offsetOf(zoned: Intl.DateTimeFormat, timeMs: number): number {
  const name = zoned.formatToParts(timeMs).find(part => part.type === 'timeZoneName')?.value ?? ''
  const [, sign = '', hours = '0', minutes = '0'] = /^GMT([+-])(\d\d):(\d\d)/.exec(name) ?? []
  return (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1)
}
