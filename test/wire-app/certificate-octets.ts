/** Certificates and the messages around them, for tests: only the parts that names stand in are real. */

const u24 = (n: number) => [n >> 16, (n >> 8) & 255, n & 255]

/** A DER value, its length in as few octets as it takes. */
export function der(tag: number, ...parts: (readonly number[])[]): number[] {
  const content = parts.flat()
  const n = content.length
  if (n < 128) return [tag, n, ...content]
  return n < 256 ? [tag, 0x81, n, ...content] : [tag, 0x82, n >> 8, n & 255, ...content]
}

const ascii = (text: string) => [...Buffer.from(text, 'latin1')]
const sequence = (...parts: (readonly number[])[]) => der(0x30, ...parts)
const oid = (...octets: number[]) => der(0x06, octets)

/** RDN of one attribute: 3 common name, 10 organisation. */
function rdn(type: number, text: string, tag = 0x0c): number[] {
  return der(0x31, sequence(oid(0x55, 4, type), der(tag, ascii(text))))
}

export interface CertificateParts {
  commonName?: string
  commonNameTag?: number
  dnsNames?: readonly string[]
  /** without the version, as certificates of version 1 are */
  old?: boolean
  critical?: boolean
}

export function certificate(parts: CertificateParts): number[] {
  const { commonName = '', dnsNames = [], old = false } = parts
  const subject = [rdn(10, 'Organisation')]
  if (commonName !== '') subject.push(rdn(3, commonName, parts.commonNameTag))
  const names = dnsNames.map(name => der(0x82, ascii(name)))
  // an address among the names
  const alternative = sequence(der(0x87, [192, 0, 2, 1]), ...names)
  const critical = parts.critical ? [der(0x01, [0xff])] : []
  const extensions = sequence(
    sequence(oid(0x55, 0x1d, 0x0f), der(0x04, der(0x03, [7, 0x80]))),
    ...(dnsNames.length > 0
      ? [sequence(oid(0x55, 0x1d, 0x11), ...critical, der(0x04, alternative))]
      : []),
  )
  const tbs = sequence(
    old ? [] : der(0xa0, der(0x02, [2])),
    der(0x02, [0x01, 0x23]),
    sequence(oid(0x2a, 3)),
    sequence(rdn(3, 'An Issuer')),
    sequence(der(0x17, ascii('150101000000Z')), der(0x17, ascii('250101000000Z'))),
    sequence(...subject),
    sequence(sequence(oid(0x2a, 3)), der(0x03, [0, 1, 2])),
    old ? [] : der(0xa3, extensions),
  )
  return sequence(tbs, sequence(oid(0x2a, 3)), der(0x03, [0, 9, 9]))
}

/** Handshake message. */
export function message(type: number, body: readonly number[]): number[] {
  return [type, ...u24(body.length), ...body]
}

/** Body of a Certificate message. */
export function certificateList(...certificates: (readonly number[])[]): number[] {
  const list = certificates.flatMap(one => [...u24(one.length), ...one])
  return [...u24(list.length), ...list]
}

export const serverHello = message(2, [3, 3, ...new Array<number>(32).fill(7), 0, 0x13, 1, 0])

/** Records of one content type, of at most `size` octets each. */
export function records(data: readonly number[], size = 16384, type = 22): Uint8Array {
  const out: number[] = []
  for (let i = 0; i < data.length; i += size) {
    const part = data.slice(i, i + size)
    out.push(type, 3, 3, part.length >> 8, part.length & 255, ...part)
  }
  return Uint8Array.from(out)
}
