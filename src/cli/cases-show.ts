/** `tollgate cases show ID`: one complaint case, as care staff read it. */

import { caseLibrary, caseOf, languageOf } from './case-folders.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode } from './fail.js'
import { caseLines } from './text/case-text.js'

export async function casesShow(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const entry = caseOf(caseLibrary(options), positionals[0] ?? '')
  const lines = caseLines(entry, languageOf(options), terminal.columns)
  for (const line of lines) terminal.out.line(line)
  return exitCode.done
}
