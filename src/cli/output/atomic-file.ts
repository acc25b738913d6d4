/** A file that is there whole or not at all: written beside its place under another name, then renamed. */

import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { terminalText } from '../../record/text.js'
import { writeFailure } from './output.js'

/** Throws a Failure when it cannot be written; what stood there before stays. */
export function writeWhole(file: string, data: string | Uint8Array): void {
  const beside = `${file}.${process.pid}.part`
  try {
    const fd = openSync(beside, 'wx', 0o644)
    try {
      writeFileSync(fd, data)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    if (!(error instanceof Error && 'code' in error)) throw error
    throw writeFailure(terminalText(file), error.code, error, 0)
  }
}
