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

/** `folders`: looked into beside those of `path`. Throws a LiveFailure when it is not there or not for this user. */
export function findEngine(
  name: EngineName | 'auto',
  path = process.env.PATH ?? '',
  folders: readonly string[] = systemFolders,
): Engine {
  const all = [...path.split(delimiter).filter(folder => folder !== ''), ...folders]
  if (name === 'cap') return packageEngine()
  let forbidden: string | undefined
  if (name !== 'dumpcap') {
    const tcpdump = findProgram('tcpdump', all)
    if (tcpdump?.isAllowed) return tcpdumpEngine(tcpdump.file)
    forbidden = tcpdump?.file
    if (name === 'tcpdump' && !forbidden) {
      throw missing('tcpdump: not installed', 'apt install tcpdump')
    }
  }
  const dumpcap = name === 'tcpdump' ? undefined : findProgram('dumpcap', all)
  if (dumpcap?.isAllowed) return dumpcapEngine(dumpcap.file)
  forbidden ??= dumpcap?.file
  if (forbidden !== undefined) {
    const hint = `sudo, or become a member of its group (ls -l ${forbidden}) and log in again`
    throw new LiveFailure('permission', `${forbidden}: you may not run it`, hint)
  }
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

interface Program {
  file: string
  /** this user may run it */
  isAllowed: boolean
}

/** The first that may be run, else the first that is there. */
function findProgram(name: string, folders: readonly string[]): Program | undefined {
  const files = folders.map(folder => join(folder, name))
  const found = files.find(file => may(file, constants.X_OK))
  if (found !== undefined) return { file: found, isAllowed: true }
  const file = files.find(one => may(one, constants.F_OK))
  return file === undefined ? undefined : { file, isAllowed: false }
}

function may(file: string, mode: number): boolean {
  try {
    accessSync(file, mode)
    return true
  } catch {
    return false // the next folder may have it
  }
}
