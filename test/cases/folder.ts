/** Folders of case and handset files for a test, and the program's own. */

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Test } from 'tap'
import { root } from '../cli/program.js'

export const builtIn = join(root, 'rules', 'cases')

/** A new folder with these files; it goes when the test ends. */
export function folderOf(t: Test, files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'tollgate-cases-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

/** A case that is right, with this evidence. */
export function caseText(id: string, evidence: string, more = ''): string {
  const text = (key: string) => `${key}: {en: ${key} in English, zh: 中文}`
  const keys = ['title', 'symptom', 'cause', 'remedy'].map(text)
  return [`case: ${id}`, ...keys, `evidence: ${evidence}`, more].join('\n')
}
