/** Which captures the arguments name: files as they are, directories as the captures in them, patterns
 * (`day-*.pcap`) when the shell left them alone. The order is that of the arguments, by name within. */

import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BlockReader } from './block-reader.js'
import { CaptureFile, NotACapture, openFailure, standardInput } from './capture-file.js'
import { SourceError } from './source.js'

const probeBlockOctets = 4096

/** The files to read. Rejects with a SourceError when an argument names nothing. */
export async function listCaptures(paths: readonly string[]): Promise<string[]> {
  const files: string[] = []
  for (const path of paths) {
    if (path === standardInput) {
      if (files.includes(path)) throw new SourceError(`${path}: given twice`)
      files.push(path)
    } else {
      files.push(...(await listOne(path)))
    }
  }
  return files
}

async function listOne(path: string): Promise<string[]> {
  let isDirectory: boolean
  try {
    isDirectory = (await stat(path)).isDirectory()
  } catch (error) {
    const found = await expandPattern(path)
    if (found.length === 0) throw openFailure(path, error)
    return found
  }
  if (!isDirectory) return [path]
  const captures: string[] = []
  for (const entry of await entriesOf(path)) {
    const file = join(path, entry.name)
    if ((entry.isFile() || entry.isSymbolicLink()) && (await isCapture(file))) captures.push(file)
  }
  if (captures.length === 0) throw new SourceError(`${path}: is a directory with no captures`)
  return captures
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true })
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch (error) {
    throw openFailure(directory, error)
  }
}

/** A file with such a name is meant to be a capture: one that is none is damage, not a note. */
const captureName = /\.(pcap|pcapng|cap|dmp)(\.(gz|zst))?$/i

/** Whether a file of a directory is a capture; notes and subdirectories beside them are not. */
async function isCapture(path: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isFile()) return false
    if (captureName.test(path)) return true
    const reader = new BlockReader(probeBlockOctets)
    const file = await CaptureFile.open(path, 0, reader, () => 0, undefined)
    await file.close()
    return true
  } catch (error) {
    if (error instanceof NotACapture) return false
    throw error instanceof SourceError ? error : openFailure(path, error)
  }
}

const special = /[*?[]/

async function expandPattern(path: string): Promise<string[]> {
  if (!special.test(path)) return []
  let found = [path.startsWith('/') ? '/' : '']
  for (const part of path.split('/').filter(text => text !== '')) {
    const next: string[] = []
    for (const base of found) next.push(...(await matchIn(base, part)))
    found = next
  }
  return found
}

/** Paths of the entries of `base` that match one part of a pattern. */
async function matchIn(base: string, part: string): Promise<string[]> {
  if (!special.test(part)) return [join(base, part)]
  let entries: Dirent[]
  try {
    entries = await readdir(base === '' ? '.' : base, { withFileTypes: true })
  } catch {
    return [] // a part before was no directory: no match, as in the shell
  }
  return entries
    .map(entry => entry.name)
    .filter(name => (!name.startsWith('.') || part.startsWith('.')) && matches(part, name))
    .sort()
    .map(name => join(base, name))
}

/** `*`, `?` and `[a-z]`, `[!a-z]` as in glob(7). Two pointers and one point of return: linear steps
 * back, so that `*a*a*a*b` cannot take exponential time. */
export function matches(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let starText = 0
  while (t < text.length) {
    const size = pattern[p] === '*' ? 0 : matchOne(pattern, p, text[t] ?? '')
    if (pattern[p] === '*') {
      star = p++
      starText = t
    } else if (size > 0) {
      p += size
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++starText
    } else {
      return false
    }
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** Characters of the pattern that match `char` at `p`, or 0. */
function matchOne(pattern: string, p: number, char: string): number {
  if (pattern[p] === '?') return 1
  // a `]` right after `[` or `[!` is a member
  const negated = pattern[p + 1] === '!'
  const close = pattern.indexOf(']', p + (negated ? 3 : 2))
  if (pattern[p] !== '[' || close < 0) return pattern[p] === char ? 1 : 0
  const members = pattern.slice(p + (negated ? 2 : 1), close)
  let hit = false
  for (let i = 0; i < members.length; i++) {
    const from = members[i] ?? ''
    const to = members[i + 1] === '-' ? members[i + 2] : undefined
    if (to !== undefined) {
      hit ||= from <= char && char <= to
      i += 2
    } else {
      hit ||= from === char
    }
  }
  return hit === negated ? 0 : close - p + 1
}
