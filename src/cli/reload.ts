/** `tollgate reload`: the daemon checks its rules and takes them in one step, or keeps those it has. */

import { terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { withDaemon } from './daemon-link.js'
import { type ExitCode, exitCode } from './fail.js'

export async function reload(call: Invocation): Promise<ExitCode> {
  return await withDaemon(call, async client => {
    const { ok, lines } = await client.reload()
    const { terminal, options } = call
    if (ok) {
      if (!options.quiet) for (const line of lines) terminal.out.line(terminalText(line))
      return exitCode.done
    }
    lines.forEach((line, i) => {
      terminal.talk(terminalText(i === 0 ? `tollgate: ${line}` : line))
    })
    return exitCode.rules
  })
}
