/** Which engine captures: the one that was named, or the first that is installed. */

import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, join } from 'node:path'
import { capEngine } from './cap.js'
import { dumpcapEngine } from './dumpcap.js'
import type { Engine, EngineName } from './engine.js'
import { LiveFailure } from './live-failure.js'
import { tcpdumpEngine } from './tcpdump.js'

/** Where programs for administrators are, which users often do not have in PATH. */
const systemFolders = ['/usr/local/sbin', '/usr/sbin', '/sbin']

/** Rejects with a LiveFailure when it is not there. */
export function findEngine(name: EngineName | 'auto', path = process.env.PATH ?? ''): Engine {
  if (name === 'cap') return packageEngine()
  if (name !== 'dumpcap') {
    const tcpdump = findProgram('tcpdump', path)
    if (tcpdump !== undefined) return tcpdumpEngine(tcpdump)
    if (name === 'tcpdump') throw missing('tcpdump: not installed', 'apt install tcpdump')
  }
  const dumpcap = findProgram('dumpcap', path)
  if (dumpcap !== undefined) return dumpcapEngine(dumpcap)
  throw name === 'dumpcap'
    ? missing('dumpcap: not installed', 'apt install wireshark-common')
    : missing('live capture: neither tcpdump nor dumpcap is installed', 'apt install tcpdump')
}

function missing(message: string, hint: string): LiveFailure {
  return new LiveFailure('tool', message, hint)
}

function packageEngine(): Engine {
  try {
    createRequire(import.meta.url).resolve('cap')
  } catch {
    throw missing(
      '--engine cap: the package is not installed',
      'npm install cap (needs libpcap-dev)',
    )
  }
  return capEngine()
}

function findProgram(name: string, path: string): string | undefined {
  const folders = [...path.split(delimiter).filter(folder => folder !== ''), ...systemFolders]
  return folders.map(folder => join(folder, name)).find(isProgram)
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false // the next folder may have it
  }
}
