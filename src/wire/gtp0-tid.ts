/** Tunnel Identifier of GTPv0: IMSI and NSAPI in eight octets. The header around it is in gtp0.ts. Read GSM
 * 09.60 (ETSI TS 101 347) clause 7.9.26. */

/** What a TID says, in the octet order that makes sense of it. */
export class Tid {
  /** digits of the IMSI; '' when neither order holds one */
  imsi = ''
  nsapi = 0

  /** 7.9.26: fifteen digits, low nibble first, and the NSAPI in the high nibble of the last octet.
   * libgtp up to 1.9 sends the eight octets in the opposite order (a 64-bit number in host order), so
   * both orders are read: the one whose MCC is `mcc` (of the RAI beside it), then the one whose
   * country code and NSAPI can exist, then the standard's. `mcc` is '' when not known. */
  decode(buf: Uint8Array, tidOff: number, mcc: string): void {
    const straight = digits(buf, tidOff, 1)
    const reversed = digits(buf, tidOff + 7, -1)
    const straightNsapi = buf[tidOff + 7]! >> 4
    const reversedNsapi = buf[tidOff]! >> 4
    if (plausibility(reversed, reversedNsapi, mcc) > plausibility(straight, straightNsapi, mcc)) {
      this.imsi = reversed
      this.nsapi = reversedNsapi
    } else {
      this.imsi = straight
      this.nsapi = straightNsapi
    }
  }
}

/** Fifteen digits walking from `at` in steps of `step`; '' when a nibble is neither a digit nor, at the
 * end, the filler (an IMSI may be shorter: 7.9.26 fills with 1111). */
function digits(buf: Uint8Array, at: number, step: number): string {
  let text = ''
  let filled = false
  for (let i = 0; i < 15; i++) {
    const octet = buf[at + step * (i >> 1)]!
    const digit = (i & 1) === 0 ? octet & 15 : octet >> 4
    if (digit === 15) filled = true
    else if (filled || digit > 9) return ''
    else text += digit
  }
  return text
}

/** ITU-T E.212: geographic MCCs begin with 2 to 7, 901 is shared, 001 is for tests. NSAPI: 5 to 15. */
function plausibility(imsi: string, nsapi: number, mcc: string): number {
  if (imsi.length < 6) return -1
  let score = 0
  if (mcc !== '' && imsi.startsWith(mcc)) score += 4
  if (/^(?:[2-7]|901|001)/.test(imsi)) score += 2
  if (nsapi >= 5) score += 1
  return score
}
