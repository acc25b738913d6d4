/** Takes the protection off a client's Initial packet. Anybody on the path can: its keys come from the
 * connection id in its header. Read RFC 9001 sections 5.2 (keys), 5.3 (AEAD) and 5.4 (header
 * protection), RFC 5869 (HKDF) and RFC 8446 section 7.1 (HKDF-Expand-Label) before changing this file. */

import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import { type Fault, FaultCode, layer } from './fault.js'
import type { QuicHeader } from './quic-header.js'
import { expandInfo, ivOctets, keyOctets, type QuicVersion } from './quic-version.js'

const quic = layer('quic')

const clientSecret = expandInfo('client in', 32)
const tagOctets = 16
/** The sample is taken as if the packet number had four octets (RFC 9001 section 5.4.2). */
const sampleOff = 4
const sampleOctets = 16

export interface QuicInitialKeys {
  key: Uint8Array
  iv: Uint8Array
  /** header protection */
  hp: Uint8Array
}

function hmac(key: Uint8Array, data: Uint8Array): Buffer {
  return createHmac('sha256', key).update(data).digest()
}

/** Keys of the client's Initial packets; [dcidOff, dcidEnd) of `buf` is the Destination Connection ID of
 * its first one, or of the first one after a Retry. */
export function clientInitialKeys(
  version: QuicVersion,
  buf: Uint8Array,
  dcidOff: number,
  dcidEnd: number,
): QuicInitialKeys {
  const initial = hmac(version.salt, buf.subarray(dcidOff, dcidEnd))
  const secret = hmac(initial, clientSecret)
  return {
    key: hmac(secret, version.keyInfo).subarray(0, keyOctets),
    iv: hmac(secret, version.ivInfo).subarray(0, ivOctets),
    hp: hmac(secret, version.hpInfo).subarray(0, keyOctets),
  }
}

/** The frames of an Initial packet in clear: `payload`, all of it. */
export class QuicPayload {
  payload: Uint8Array = new Uint8Array(0)
  packetNumber = 0

  /** Takes the protection off the packet whose header is `header`. False: its octets are not what these
   * keys protected (another connection id, or damage), or there are too few of them.
   *
   * Of a packet that the capture has cut (`header.whole` false) the octets that are there are decrypted
   * without proof that they are right: its tag was at its end. */
  open(buf: Uint8Array, header: QuicHeader, keys: QuicInitialKeys, fault: Fault): boolean {
    const { off, numberOff, end, whole } = header
    const sample = numberOff + sampleOff
    if (sample + sampleOctets > end) {
      return fault.raise(FaultCode.Truncated, quic, numberOff, sampleOff + sampleOctets, end - off)
    }
    const mask = headerMask(keys.hp, buf.subarray(sample, sample + sampleOctets))
    const first = buf[off]! ^ (mask[0]! & 0x0f)
    const numberOctets = (first & 3) + 1
    const payloadOff = numberOff + numberOctets
    const payloadEnd = whole ? end - tagOctets : end
    if (payloadOff > payloadEnd) {
      return fault.raise(FaultCode.Truncated, quic, payloadOff, tagOctets, end - payloadOff)
    }
    // the header as it was sent under protection belongs to what the tag covers, but in clear
    const associated = Buffer.from(buf.subarray(off, payloadOff))
    associated[0] = first
    const nonce = Buffer.from(keys.iv)
    this.packetNumber = 0
    for (let i = 0; i < numberOctets; i++) {
      const octet = buf[numberOff + i]! ^ mask[1 + i]!
      associated[numberOff - off + i] = octet
      nonce[ivOctets - numberOctets + i]! ^= octet
      this.packetNumber = this.packetNumber * 256 + octet
    }
    const sealed = buf.subarray(payloadOff, payloadEnd)
    const tag = whole ? buf.subarray(payloadEnd, end) : undefined
    const payload = decrypt(keys.key, nonce, associated, sealed, tag)
    if (payload === undefined) {
      return fault.raise(FaultCode.BadValue, quic, payloadEnd, tagOctets, 0)
    }
    this.payload = payload
    return true
  }
}

function headerMask(hp: Uint8Array, sample: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', hp, null)
  return cipher.update(sample)
}

/** AES-128-GCM. Undefined when the tag is wrong, which the library tells by throwing: the one place
 * of the decoders where something is caught. Without a tag nothing is proved. */
function decrypt(
  key: Uint8Array,
  nonce: Uint8Array,
  associated: Uint8Array,
  sealed: Uint8Array,
  tag: Uint8Array | undefined,
): Uint8Array | undefined {
  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAAD(associated)
  const payload = decipher.update(sealed)
  if (tag === undefined) return payload
  decipher.setAuthTag(tag)
  try {
    decipher.final()
  } catch {
    return undefined
  }
  return payload
}
