/** Time stamps of pcapng: 64-bit counts in units of the interface's own resolution and offset.
 * Read draft-ietf-opsawg-pcapng section 4.2 (if_tsresol, if_tsoffset) before changing this file.
 * Nanoseconds since 1970 do not fit a double, so every division is done in exact parts. */

const twoTo32 = 4294967296

/** Turns (high, low) words into microseconds since 1970: an exact integer in a double, 0 to 2^53 - 1 (the
 * year 2255). A damaged time is the nearest of these: clocks that go by seconds would count for ever
 * where adding one changes nothing, and there are no slots for times before 1970. */
export class TimeResolution {
  /** 10^-n seconds a unit, or 2^-n when `binary` */
  exponent = 6
  binary = false
  /** seconds to add to every time stamp */
  offsetSeconds = 0

  /** `if_tsresol` as it stands in the option: the top bit says power of two. */
  set(tsresol: number): void {
    this.binary = (tsresol & 0x80) !== 0
    this.exponent = tsresol & 0x7f
  }

  microseconds(high: number, low: number): number {
    const exponent = this.exponent
    let us: number
    if (this.binary) us = binaryFraction(high, low, exponent)
    else if (exponent === 6) us = high * twoTo32 + low
    else if (exponent < 6) us = (high * twoTo32 + low) * 10 ** (6 - exponent)
    else us = divide(high, low, 10 ** (exponent - 6))
    return Math.min(Math.max(us + this.offsetSeconds * 1e6, 0), Number.MAX_SAFE_INTEGER)
  }
}

/** floor((high * 2^32 + low) / divisor) without losing low bits: long division by 16-bit digits. */
function divide(high: number, low: number, divisor: number): number {
  // beyond 10^-17 a 64-bit count spans less than three minutes: a double holds that exactly enough
  if (divisor > 1e11) return Math.floor((high * twoTo32 + low) / divisor)
  const quotientHigh = Math.floor(high / divisor)
  let rest = (high - quotientHigh * divisor) * 65536 + (low >>> 16)
  const quotientMiddle = Math.floor(rest / divisor)
  rest = (rest - quotientMiddle * divisor) * 65536 + (low & 0xffff)
  return quotientHigh * twoTo32 + quotientMiddle * 65536 + Math.floor(rest / divisor)
}

/** floor((high * 2^32 + low) * 10^6 / 2^exponent); each product below stays under 2^53. */
function binaryFraction(high: number, low: number, exponent: number): number {
  if (exponent <= 32) {
    const unit = 2 ** exponent
    const seconds = high * 2 ** (32 - exponent) + Math.floor(low / unit)
    return seconds * 1e6 + Math.floor(((low % unit) * 1e6) / unit)
  }
  const unit = 2 ** (exponent - 32)
  const seconds = Math.floor(high / unit)
  const fraction = (high - seconds * unit) * 1e6 + Math.floor((low * 1e6) / twoTo32)
  return seconds * 1e6 + Math.floor(fraction / unit)
}
