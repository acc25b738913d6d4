/** Texts of the library of cases, in any script, as paragraphs: an ideograph takes two columns (Unicode
 * Standard Annex #11), and lines may break between ideographs. */

import { plainText } from '../../record/text.js'
import { titleWidth } from './titled.js'

/** Scripts that cases are written in whose characters are wide, with their punctuation. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
/** A word of narrow characters with the blanks after it, or one wide character. */
const piece =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[^\s\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]+\s*|\s+/gu
/** These do not begin a line (JIS X 4051, GB/T 15834). */
const closing = /^[，。；：、？！）》」』]/u

export function columnsOf(text: string): number {
  let columns = 0
  for (const char of text) columns += wide.test(char) ? 2 : 1
  return columns
}

/** A text under a title, on as many lines as the width needs. */
export function wideSentence(title: string, text: string, width: number): string[] {
  const room = Math.max(20, width - titleWidth)
  const lines: string[] = []
  let line = ''
  for (const [part] of plainText(text.replace(/\s+/g, ' ')).matchAll(piece)) {
    const full = columnsOf(line) + columnsOf(part.trimEnd()) > room
    if (full && line !== '' && !closing.test(part)) {
      lines.push(line)
      line = part.trimStart()
    } else line += part
  }
  lines.push(line)
  return lines.map((one, i) => {
    const head = i === 0 ? title : ''
    return `${head}${' '.repeat(Math.max(0, titleWidth - columnsOf(head)))}${one}`.trimEnd()
  })
}
