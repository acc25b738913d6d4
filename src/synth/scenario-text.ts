/** The YAML document of a scenario and the places of its values. */

import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { ScenarioError, type ScenarioIssue } from './scenario-error.js'

/** Keys and indexes from the top of the document to a value. */
export type Path = readonly PropertyKey[]

const MOST_ALIASES = 100

/** `steps[1].http.server` */
export function pathText(path: Path): string {
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i ? '.' : ''}${String(key)}`))
    .join('')
}

function keyOffset(map: unknown, key: PropertyKey | undefined): number | undefined {
  if (typeof map !== 'object' || map === null || !('items' in map)) return undefined
  for (const item of map.items as { key?: { value?: unknown; range?: number[] } }[]) {
    if (item.key?.value === key) return item.key?.range?.[0]
  }
  return undefined
}

export class ScenarioText {
  readonly #lines = new LineCounter()
  readonly #document: Document

  /** @throws ScenarioError when the text is not YAML */
  constructor(text: string, fileName: string) {
    // 'error': the library would write its warnings on the process's standard error
    this.#document = parseDocument(text, { lineCounter: this.#lines, logLevel: 'error' })
    const issues = this.#document.errors.map(error => {
      const { line, col } = this.#lines.linePos(error.pos[0])
      return { line, column: col, message: error.message.split(' at line ')[0] ?? error.code }
    })
    if (issues.length > 0) throw new ScenarioError(fileName, issues)
  }

  /** Plain values; @throws ReferenceError when aliases would blow them up. */
  values(): unknown {
    return this.#document.toJS({ maxAliasCount: MOST_ALIASES })
  }

  /** A complaint with its place: of the key itself, or of the value or what should hold it. */
  issue(path: Path, message: string, ofKey = false): ScenarioIssue {
    const { line, col } = this.#lines.linePos(this.#offset(path, ofKey))
    const where = pathText(path)
    return { line, column: col, message: where ? `${where}: ${message}` : message }
  }

  #offset(path: Path, ofKey: boolean): number {
    if (ofKey) {
      const holder = this.#document.getIn(path.slice(0, -1), true)
      const offset = keyOffset(path.length === 1 ? this.#document.contents : holder, path.at(-1))
      if (offset !== undefined) return offset
    }
    for (let depth = path.length; depth > 0; depth--) {
      const node = this.#document.getIn(path.slice(0, depth), true)
      if (isNode(node) && node.range) return node.range[0]
    }
    return this.#document.contents?.range?.[0] ?? 0
  }
}
