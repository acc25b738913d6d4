/** Words of a command of a gateway's configuration, with their columns. */

import type { SourceText } from './source-text.js'

export interface ConfigWord {
  readonly text: string
  /** from 1 */
  readonly col: number
}

export interface ConfigLine {
  readonly number: number
  readonly words: readonly ConfigWord[]
}

/** Words between blanks; quotes keep blanks together. Undefined when a quote does not end. */
function wordsOf(line: string): ConfigWord[] | undefined {
  const words: ConfigWord[] = []
  const word = /\s*(?:"([^"]*)"|(")|([^\s"]+))/y
  for (let end = line.trimEnd().length; word.lastIndex < end; ) {
    const from = word.lastIndex
    const [whole, quoted, open, bare] = word.exec(line) ?? []
    if (whole === undefined || open !== undefined) return undefined
    const text = quoted ?? bare ?? ''
    const blanks = whole.length - whole.trimStart().length
    words.push({ text, col: from + blanks + 1 })
  }
  return words
}

/** Words of a line. Throws a `RuleError` where a quote does not end. */
export function lineWords(source: SourceText, number: number): ConfigWord[] {
  const text = source.line(number)
  const words = wordsOf(text)
  if (words) return words
  const offset = source.offsetOf(source.at(number, text.lastIndexOf('"') + 1))
  throw source.error(offset, 1, 'SYNTAX', 'the quoted text does not end on this line')
}
