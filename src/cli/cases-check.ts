/** `tollgate cases check [DIR]`: everything that is wrong with case and handset files, with its place. */

import { loadCaseLibrary } from '../cases/library.js'
import { caseFolders, problemLines } from './case-folders.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode } from './fail.js'
import { counted } from './text/summary-text.js'

export async function casesCheck(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const folders = positionals.length > 0 ? positionals : caseFolders(options)
  const { cases, handsets, problems } = loadCaseLibrary(folders)
  for (const line of problems.flatMap(problemLines)) terminal.out.line(line)
  if (!options.quiet) {
    const files = `${counted(cases.size, 'case')}, ${counted(handsets.size, 'handset file')}`
    terminal.out.line(`${files}: ${counted(problems.length, 'error')}`)
  }
  return problems.length > 0 ? exitCode.no : exitCode.done
}
