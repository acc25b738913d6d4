/** The project's own files as text, for tests of its structure. */

import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../../..', import.meta.url))

export interface SourceFile {
  /** from the root: src/wire/fault.ts */
  path: string
  text: string
  /** without comments: what the compiler sees */
  code: string
}

/** All .ts files below `folder`. */
export function sources(folder: 'src' | 'test' | 'bench'): SourceFile[] {
  return readdirSync(`${root}/${folder}`, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => `${entry.parentPath}/${entry.name}`.slice(root.length).replace(/^\/+/, ''))
    .sort()
    .map(path => {
      const text = readFileSync(`${root}/${path}`, 'utf8')
      return { path, text, code: withoutComments(text) }
    })
}

/** Block comments and comment lines removed; strings keep whatever they hold. */
function withoutComments(text: string): string {
  return text.replace(/^\s*\/\*[\s\S]*?\*\//gm, '').replace(/^\s*\/\/.*$|(?<=\s)\/\/ .*$/gm, '')
}

/** Line numbers (from 1) where `pattern` occurs in the code. */
export function linesWith(file: SourceFile, pattern: RegExp): string[] {
  return file.code
    .split('\n')
    .filter(line => pattern.test(line))
    .map(line => `${file.path}: ${line.trim()}`)
}
