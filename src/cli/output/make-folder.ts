/** A folder for what a command writes. */

import { mkdirSync } from 'node:fs'
import { terminalText } from '../../record/text.js'
import { writeFailure } from './output.js'

/** Made with those above it unless it is there. Throws a Failure that names it. */
export function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw writeFailure(terminalText(folder), error.code, error, 0)
  }
}
