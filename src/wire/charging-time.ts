/** TimeStamp of charging records: nine octets YYMMDDhhmmss, sign, hhmm; BCD, the sign in ASCII. Read 3GPP TS
 * 32.298 clause 5.2.2.1 (TimeStamp). */

const octets = 9
const signAt = 6
const plus = 0x2b
const minus = 0x2d
/** Two digits of the year: mobile charging is younger than this century. */
const century = 2000
/** most in each field of two digits: year, month, day, hour, minute, second */
const most = [99, 12, 31, 23, 59, 60] as const

/** Seconds since 1970, UTC; -1 when it is no time. */
export function timeStampSeconds(buf: Uint8Array, off: number, end: number): number {
  if (end - off !== octets) return -1
  const sign = buf[off + signAt]!
  if (sign !== plus && sign !== minus) return -1
  const fields: number[] = []
  for (let i = 0; i < most.length; i++) {
    const value = twoDigits(buf[off + i]!)
    if (value < 0 || value > most[i]!) return -1
    fields.push(value)
  }
  const hours = twoDigits(buf[off + signAt + 1]!)
  const minutes = twoDigits(buf[off + signAt + 2]!)
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return -1
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields
  if (month === 0 || day === 0) return -1
  const local = Date.UTC(century + year, month - 1, day, hour, minute, second) / 1000
  const east = (hours * 60 + minutes) * 60
  return sign === plus ? local - east : local + east
}

function twoDigits(octet: number): number {
  const high = octet >> 4
  const low = octet & 15
  return high > 9 || low > 9 ? -1 : high * 10 + low
}
