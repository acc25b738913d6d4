/** Text that came from packets, files or people, made safe to show: every control character of
 * ECMA-48 (C0, DEL, C1), bidirectional and invisible format characters (Unicode chapter 23) and
 * lone surrogates become visible escapes. The attack: a Host header that moves the cursor, starts
 * a row of its own or turns the reading direction round. The escape is reversible: `\` is escaped
 * too. */

const unsafe = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{M}\\]/gu
const unsafeOrNotAscii = /[^\x20-\x5b\x5d-\x7e]/gu
/** What JSON.stringify leaves as it is although a terminal obeys or hides it. */
const unsafeInJson = /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}]/gu
const latin1 = /[\x80-\xff]/g

function escaped(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code <= 0xff) return `\\x${code.toString(16).padStart(2, '0')}`
  if (code <= 0xffff) return `\\u${code.toString(16).padStart(4, '0')}`
  return `\\u{${code.toString(16)}}`
}

function jsonEscaped(char: string): string {
  let out = ''
  for (let i = 0; i < char.length; i++) {
    out += `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`
  }
  return out
}

/** For a terminal: ASCII only, so that a character is a column in every locale. `\x1b`, `\u4f60`. */
export function terminalText(text: string): string {
  return text.replace(unsafeOrNotAscii, escaped)
}

/** For CSV and logs: letters of all scripts stay, what acts on a reader does not. */
export function plainText(text: string): string {
  return text.replace(unsafe, escaped)
}

/** A JSON string, quotes included. `lossy` also escapes U+0080 to U+00FF, which then stand for
 * octets that were not UTF-8. */
export function jsonText(text: string, lossy = false): string {
  const json = JSON.stringify(text).replace(unsafeInJson, jsonEscaped)
  return lossy ? json.replace(latin1, jsonEscaped) : json
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Octets as text: UTF-8 (RFC 3629), and each octet that is not part of a valid sequence as the
 * character U+0080 to U+00FF of the same number, with `lossy` set. Never throws. */
export function decodeText(octets: Uint8Array): { text: string; lossy: boolean } {
  try {
    return { text: strictUtf8.decode(octets), lossy: false }
  } catch {
    return { text: decodeLossy(octets), lossy: true }
  }
}

function decodeLossy(octets: Uint8Array): string {
  let out = ''
  let at = 0
  while (at < octets.length) {
    const length = sequenceLength(octets, at)
    if (length === 0) {
      out += String.fromCharCode(octets[at] ?? 0)
      at++
    } else {
      out += strictUtf8.decode(octets.subarray(at, at + length))
      at += length
    }
  }
  return out
}

/** Octets of the valid UTF-8 sequence at `at`, or 0 (RFC 3629 section 4: no overlong forms, no
 * surrogates, nothing above U+10FFFF). */
function sequenceLength(octets: Uint8Array, at: number): number {
  const first = octets[at] ?? 0
  if (first < 0x80) return 1
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2
  if (first < 0xc2 || first > 0xf4 || at + length > octets.length) return 0
  const second = octets[at + 1] ?? 0
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let i = 2; i < length; i++) {
    if (((octets[at + i] ?? 0) & 0xc0) !== 0x80) return 0
  }
  return length
}

/** Cut to `width` columns of ASCII, with `..` in place of what is missing. */
export function cut(text: string, width: number): string {
  if (text.length <= width) return text
  return width > 2 ? `${text.slice(0, width - 2)}..` : text.slice(0, Math.max(0, width))
}

/** Broken into lines of at most `width` columns, at blanks where there are any. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    while (word.length > width) {
      lines.push(word.slice(0, width))
      word = word.slice(width)
    }
    line = line === '' ? word : `${line} ${word}`
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return lines
}
