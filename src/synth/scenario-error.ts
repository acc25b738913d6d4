/** A scenario that cannot be played: every complaint with file, line and column. */

export interface ScenarioIssue {
  /** from 1 */
  line: number
  column: number
  message: string
}

/** The message is one line an issue: `x.yaml:9:5: steps[2].http.sever: unknown key, did you mean: server`. */
export class ScenarioError extends Error {
  readonly issues: readonly ScenarioIssue[]

  constructor(fileName: string, issues: readonly ScenarioIssue[]) {
    super(
      issues.map(issue => `${fileName}:${issue.line}:${issue.column}: ${issue.message}`).join('\n'),
    )
    this.name = 'ScenarioError'
    this.issues = issues
  }
}
