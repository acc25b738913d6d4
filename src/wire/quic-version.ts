/** The versions of QUIC whose Initial packets can be read, with what each protects them by.
 * Read RFC 9001 section 5.2 (version 1), RFC 9369 section 3.3 (version 2) and the section "Initial
 * Secrets" of draft-ietf-quic-tls-23 to -34 (the salt of each draft) before changing this file.
 *
 * Google's own QUIC (Q043 to Q050, T050, T051) is told by its version and read no further: its crypto
 * handshake is not TLS. */

/** Packet types of a long header, as version 1 numbers them; version 2 numbers them anew. */
export const QuicPacketType = { Initial: 0, ZeroRtt: 1, Handshake: 2, Retry: 3 } as const
export type QuicPacketType = (typeof QuicPacketType)[keyof typeof QuicPacketType]

/** AES-128-GCM (RFC 9001 section 5.2). */
export const keyOctets = 16
export const ivOctets = 12

export interface QuicVersion {
  /** salt of HKDF-Extract */
  salt: Uint8Array
  /** input of HKDF-Expand for key, IV and header protection */
  keyInfo: Uint8Array
  ivInfo: Uint8Array
  hpInfo: Uint8Array
  /** index = the two type bits of the first octet */
  packetTypes: readonly QuicPacketType[]
}

/** HkdfLabel of RFC 8446 section 7.1 without context, and the counter of the one block of HKDF-Expand that
 * any output here takes (RFC 5869 section 2.3). */
export function expandInfo(label: string, octets: number): Uint8Array {
  const full = Buffer.from(`tls13 ${label}`, 'latin1')
  return Buffer.concat([Buffer.from([0, octets, full.length]), full, Buffer.from([0, 1])])
}

const { Initial, ZeroRtt, Handshake, Retry } = QuicPacketType

function likeVersion1(salt: string): QuicVersion {
  return {
    salt: Buffer.from(salt, 'hex'),
    keyInfo: expandInfo('quic key', keyOctets),
    ivInfo: expandInfo('quic iv', ivOctets),
    hpInfo: expandInfo('quic hp', keyOctets),
    packetTypes: [Initial, ZeroRtt, Handshake, Retry],
  }
}

const version1 = likeVersion1('38762cf7f55934b34d179ae6a4c80cadccbb7f0a')
const draft29 = likeVersion1('afbfec289993d24c9e9786f19c6111e04390a899')
const draft23 = likeVersion1('c3eef712c72ebb5a11a7d2432bb46365bef9f502')

const version2: QuicVersion = {
  salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'),
  keyInfo: expandInfo('quicv2 key', keyOctets),
  ivInfo: expandInfo('quicv2 iv', ivOctets),
  hpInfo: expandInfo('quicv2 hp', keyOctets),
  packetTypes: [Retry, Initial, ZeroRtt, Handshake],
}

const draftPrefix = 0xff0000
/** Facebook's transport names drafts by numbers of its own; these two are draft-27. */
const facebookDraft27: readonly number[] = [0xfaceb002, 0xfaceb00e]

/** What protects the Initial packets of a version; undefined when it is none of those that are read. */
export function quicVersion(version: number): QuicVersion | undefined {
  if (version === 1) return version1
  if (version === 0x6b3343cf) return version2
  if (version >>> 8 === draftPrefix) {
    const draft = version & 255
    if (draft === 33 || draft === 34) return version1
    if (draft >= 29 && draft <= 32) return draft29
    return draft >= 23 && draft <= 28 ? draft23 : undefined
  }
  return facebookDraft27.includes(version) ? draft23 : undefined
}

/** Q0xx and T0xx: four characters of ASCII. */
export function isGoogleQuic(version: number): boolean {
  return version >>> 16 === 0x5130 || version >>> 16 === 0x5430
}
