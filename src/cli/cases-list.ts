/** `tollgate cases list`: the complaint cases at hand, one a line. */

import { terminalText } from '../record/text.js'
import { caseLibrary, languageOf } from './case-folders.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode } from './fail.js'
import { wideSentence } from './text/wide-text.js'

export async function casesList(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const library = caseLibrary(options)
  const lang = languageOf(options)
  const wide = Math.max(...[...library.cases.keys()].map(id => id.length)) + 2
  for (const [id, { shape, replaces }] of library.cases) {
    const mark = replaces === undefined ? '' : '  (replaces a built-in one)'
    const [line = ''] = wideSentence('', `${shape.title[lang]}${mark}`, Number.POSITIVE_INFINITY)
    terminal.out.line(`${terminalText(id).padEnd(wide)}${line.trimStart()}`)
  }
  return exitCode.done
}
