/** Made-up content: text for bodies that look like pages, noise for what looks encrypted. */

import type { Xorshift32 } from './xorshift.js'

const line = 'The quick brown fox jumps over the lazy dog. 0123456789\r\n'

/** `count` octets of repeated ASCII text. */
export function fillerText(count: number): Uint8Array {
  const out = new Uint8Array(count)
  for (let i = 0; i < count; i++) out[i] = line.charCodeAt(i % line.length)
  return out
}

/** The start of a JPEG file (ITU-T T.81 annex B: SOI, APP0), then noise, EOI at the end. */
export function fillerJpeg(count: number, random: Xorshift32): Uint8Array {
  const out = random.octets(count)
  const head = [0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]
  out.set(head.slice(0, count))
  if (count > head.length + 2) out.set([0xff, 0xd9], count - 2)
  return out
}
