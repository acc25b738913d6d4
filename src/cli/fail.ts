/** How a command ends: exit codes, and errors that are the operator's business (interface.md 6.5,
 * 6.6). One line `tollgate: WHAT: WHY`, lines that show the place, at most one `  try: ...`. */

/** Every exit code of the program. */
export const exitCode = {
  done: 0,
  /** the answer is no: not found, differs, test failed, no GTP in the file */
  no: 1,
  /** wrong usage or unreadable input */
  usage: 2,
  /** rules or configuration wrong */
  rules: 3,
  /** daemon not reachable */
  daemon: 4,
  /** not permitted, or no such interface */
  permission: 5,
  /** output could not be written */
  output: 6,
  /** own fault */
  internal: 70,
  /** SIGHUP: the terminal is gone */
  hangUp: 129,
  /** SIGINT before a file was read to its end */
  interrupted: 130,
} as const
export type ExitCode = (typeof exitCode)[keyof typeof exitCode]

interface FailureParts {
  /** lines under the message, already fit for a terminal: an excerpt with a caret */
  lines?: readonly string[]
  hint?: string
}

/** Ends the command with a message for the operator. An empty message ends it silently. */
export class Failure extends Error {
  readonly exit: ExitCode
  readonly lines: readonly string[]
  readonly hint: string | undefined

  constructor(exit: ExitCode, message: string, parts: FailureParts = {}) {
    super(message)
    this.exit = exit
    this.lines = parts.lines ?? []
    this.hint = parts.hint
  }
}

export function usageFailure(message: string, hint?: string): Failure {
  return new Failure(exitCode.usage, message, hint === undefined ? {} : { hint })
}

/** The reader of our output left (`| head`): nothing to say, and all is well. */
export function outputGone(): Failure {
  return new Failure(exitCode.done, '')
}

/** What is printed for it, on stderr. */
export function failureLines(failure: Failure): string[] {
  if (failure.message === '') return []
  const lines = [`tollgate: ${failure.message}`, ...failure.lines]
  if (failure.hint !== undefined) lines.push(`  try: ${failure.hint}`)
  return lines
}
