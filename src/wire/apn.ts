/** Access Point Name: 3GPP TS 23.003 clause 9.1 and TS 29.060 clause 7.7.30 (TS 29.274 clause 8.6): labels
 * of one length octet and that many octets, without the closing zero of a DNS name. */

/** Labels joined with dots. A label that runs past `end` is cut there: what was sent is shown, nothing
 * is read beyond. A zero length octet ends the name. */
export function apnText(buf: Uint8Array, off: number, end: number): string {
  let text = ''
  let at = off
  while (at < end) {
    const length = buf[at]!
    if (length === 0) return text
    const stop = Math.min(end, at + 1 + length)
    if (text !== '') text += '.'
    for (let i = at + 1; i < stop; i++) text += String.fromCharCode(buf[i]!)
    at = stop
  }
  return text
}

/** 23.003 clause 9.1.2: the Operator Identifier is `mnc<MNC>.mcc<MCC>.gprs` (older lists: without gprs). */
const operatorIdentifier = /\.(mnc\d{2,3}\.mcc\d{3}(?:\.gprs)?)$/i

/** The Network Identifier, which is what a subscriber and a rule call the APN; the SGSN adds the
 * Operator Identifier when it asks a GGSN of another network. */
export function apnNetworkIdentifier(apn: string): string {
  return apn.replace(operatorIdentifier, '')
}
