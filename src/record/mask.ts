/** Personal numbers made unreadable: 3GPP TS 23.003 clauses 2.2 (IMSI), 3.3 (MSISDN), 6.2 (IMEI).
 * What stays says which network, country or phone model it is, and tells two subscribers apart in
 * one case; it does not say who. Records leave the engine in the clear; whoever writes them for
 * people or files calls `maskRecord` first. */

/** Network code and the last four digits stay: `46001******7890`. */
export function maskImsi(imsi: string): string {
  return hide(imsi, 5, 4)
}

/** Country and the last three digits stay: `880170****017`. */
export function maskMsisdn(msisdn: string): string {
  return hide(msisdn, 6, 3)
}

/** The type allocation code (phone model) stays: `35209900*******`. */
export function maskImei(imei: string): string {
  return hide(imei, 8, 0)
}

/** Keeps `head` and `tail` characters if at least four are hidden then; short numbers keep less. */
function hide(text: string, head: number, tail: number): string {
  const keepTail = text.length >= head + tail + 4 ? tail : 0
  const keepHead = text.length >= head + 4 ? head : 0
  const hidden = text.length - keepHead - keepTail
  return text.slice(0, keepHead) + '*'.repeat(hidden) + text.slice(text.length - keepTail)
}

interface Personal {
  imsi?: string
  msisdn?: string
  imei?: string
  masked?: boolean
}

/** A number of this record's subscriber and what to write instead. */
interface Secret {
  clear: string
  mask: (text: string) => string
}

/** Runs of digits that can be a personal number inside other text; a TEID or a rule id in
 * hexadecimal is none. */
const digitRun = /(?<!0x[\dA-Fa-f]*)\d{7,}/g
/** Keys that hold other people's addresses (OMA MMS 7.3: From, To are often MSISDN/TYPE=PLMN). */
const addressKeys = new Set(['mms_from', 'mms_to'])
/** Keys of this project's own identifiers, which may end in the same digits by chance. */
const ownKeys = new Set(['flow', 'flows', 'level2', 'community_id', 'rules'])
/** Type allocation code and serial number of an IMEI (TS 23.003 clause 6.2.1). */
const imeiDigits = 14
/** A number written without its country code shares at least this many last digits. */
const nationalDigits = 8

/** The same record with personal numbers masked, also where they stand inside other text (a URL
 * with `?msisdn=`, a sentence), and `masked: true` if there was one. The argument is not changed. */
export function maskRecord<T extends object>(record: T): T & { masked?: boolean } {
  const secrets = secretsOf(record)
  const mms = [...addressKeys].some(key => key in record)
  if (secrets.length === 0 && !mms) return record
  const copy = maskValue(record, secrets) as T & { masked?: boolean }
  copy.masked = true
  return copy
}

function secretsOf(record: Personal): Secret[] {
  const secrets: Secret[] = []
  if (record.imsi !== undefined) secrets.push({ clear: record.imsi, mask: maskImsi })
  if (record.msisdn !== undefined) secrets.push({ clear: record.msisdn, mask: maskMsisdn })
  if (record.imei !== undefined) {
    secrets.push({ clear: record.imei, mask: maskImei })
    // a User-Agent may have it with another ending than signalling: check digit, software version
    secrets.push({ clear: record.imei.slice(0, imeiDigits), mask: maskImei })
  }
  return secrets
}

function maskValue(value: unknown, secrets: readonly Secret[]): unknown {
  if (typeof value === 'string') return maskText(value, secrets)
  if (Array.isArray(value)) return value.map(item => maskValue(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  const copy: Record<string, unknown> = {}
  for (const [key, item] of Object.entries(value)) copy[key] = maskKey(key, item, secrets)
  return copy
}

function maskKey(key: string, item: unknown, secrets: readonly Secret[]): unknown {
  if (ownKeys.has(key)) return item
  if (typeof item === 'string') {
    if (key === 'imsi') return maskImsi(item)
    if (key === 'msisdn') return maskMsisdn(item)
    if (key === 'imei') return maskImei(item)
    if (addressKeys.has(key)) return item.replace(digitRun, maskMsisdn)
  }
  return maskValue(item, secrets)
}

function maskText(text: string, secrets: readonly Secret[]): string {
  if (text.length < 7) return text
  return text.replace(digitRun, run => {
    for (const { clear, mask } of secrets) {
      if (clear.length < 7) continue
      if (run.includes(clear)) return run.replaceAll(clear, mask(clear))
      if (run.length >= nationalDigits && clear.endsWith(run)) return mask(clear).slice(-run.length)
    }
    return run
  })
}
