/** Paragraphs with a title at the left: `Sessions   4 contexts  2 subscribers`. */

import { terminalText, wrap } from '../../record/text.js'

export const titleWidth = 11

/** Parts side by side, two blanks between, on as many lines as the width needs. A part is broken
 * only when it is wider than a line. */
export function titled(title: string, parts: readonly string[], width: number): string[] {
  const room = width - titleWidth
  const lines: string[] = []
  let line = ''
  for (const part of parts.filter(text => text !== '')) {
    if (line !== '' && line.length + 2 + part.length > room) {
      lines.push(line)
      line = ''
    }
    line = line === '' ? part : `${line}  ${part}`
    if (line.length > room) {
      const broken = wrap(line, room)
      line = broken.pop() ?? ''
      lines.push(...broken)
    }
  }
  if (line !== '' || lines.length === 0) lines.push(line)
  return indented(title, lines, titleWidth)
}

/** A sentence under a title, broken at blanks. */
export function sentence(title: string, text: string, width: number, left = titleWidth): string[] {
  return indented(title, wrap(terminalText(text), width - left), left)
}

function indented(title: string, lines: readonly string[], left: number): string[] {
  return lines.map((line, i) => `${(i === 0 ? title : '').padEnd(left)}${line}`.trimEnd())
}
