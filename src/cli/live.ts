/** `-i IF`: what was asked of a live capture, checked, and the source that does it. */

import { terminalText } from '../record/text.js'
import type { EngineName } from '../source/live/engine.js'
import { findEngine } from '../source/live/find-engine.js'
import { defaultRing, KeepRing, KeptSource, type RingBounds } from '../source/live/keep-ring.js'
import { type LiveOptions, LiveSource } from '../source/live/live-source.js'
import type { Source } from '../source/source.js'
import { usageFailure } from './fail.js'
import { live } from './option-groups.js'
import type { OptionName, Options } from './options.js'
import type { Terminal } from './terminal.js'

/** Leaves the length field of an inner IP packet readable in any tunnel. */
const leastSnaplen = 256
const defaultSnaplen = 2048
const mostSnaplen = 262_144
const defaultBufferKiB = 262_144

/** Options that need `-i`. */
const liveOnly: readonly OptionName[] = [...live.filter(name => name !== 'interface'), 'follow']

export function isLive(options: Options): boolean {
  return options.interface.length > 0
}

/** Throws a Failure when files and interfaces are mixed, or an option misses what it belongs to. */
export function checkLive(command: string, options: Options, files: readonly string[]): void {
  if (isLive(options)) {
    if (files.length > 0) throw usageFailure(`${command}: files and -i exclude each other`)
    if (options.ring.length > 0 && options.keep === undefined) {
      throw usageFailure('--ring needs --keep DIR')
    }
    return
  }
  for (const name of liveOnly) {
    const value = options[name]
    const given = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false
    if (given) throw usageFailure(`--${name} needs -i IF`)
  }
}

/** A capture that is to be ended with `stop`. */
export interface LiveCapture {
  source: Source
  stop(): void
  /** why packets are not kept any more; empty while they are */
  keepDamage(): string
  /** the file that packets are kept in ends, and another begins */
  reopen(): void
}

/** Not open yet. `notice` is told what happens to the interfaces. */
export function liveCapture(options: Options, notice: (text: string) => void): LiveCapture {
  const live = new LiveSource(liveOptions(options, notice))
  if (options.keep === undefined) {
    return {
      source: live,
      stop: () => live.stop(),
      keepDamage: () => '',
      reopen: () => undefined,
    }
  }
  const ring = new KeepRing(options.keep, ringBounds(options))
  return {
    source: new KeptSource(live, ring),
    stop: () => live.stop(),
    keepDamage: () => ring.damage,
    reopen: () => ring.close(live.status),
  }
}

function liveOptions(options: Options, notice: (text: string) => void): LiveOptions {
  const snaplen = options.snaplen ?? defaultSnaplen
  if (snaplen < leastSnaplen || snaplen > mostSnaplen) {
    throw usageFailure(`--snaplen: ${snaplen} is not between ${leastSnaplen} and ${mostSnaplen}`)
  }
  const bufferKiB = options.buffer ?? defaultBufferKiB
  if (bufferKiB < 1 || bufferKiB > 2 ** 21) {
    throw usageFailure(`--buffer: ${bufferKiB} is not between 1 and ${2 ** 21}`)
  }
  const stop = boundsOf(options.autostop, 'autostop', ['duration', 'packets', 'filesize'])
  const { duration, packets, filesize } = stop
  const filter = options['capture-filter']
  return {
    interfaces: [...new Set(options.interface)],
    engine: findEngine((options.engine ?? 'auto') as EngineName | 'auto'),
    snaplen,
    bufferKiB,
    notice,
    ...(filter === undefined ? {} : { filter }),
    ...(duration === undefined ? {} : { durationMs: duration * 1000 }),
    ...(packets === undefined ? {} : { packets }),
    ...(filesize === undefined ? {} : { octets: filesize * 1000 }),
  }
}

function ringBounds(options: Options): RingBounds {
  const given = boundsOf(options.ring, 'ring', ['files', 'filesize', 'duration'])
  return {
    files: given.files ?? defaultRing.files,
    octets: given.filesize === undefined ? defaultRing.octets : given.filesize * 1000,
    spanUs: given.duration === undefined ? defaultRing.spanUs : given.duration * 1e6,
  }
}

/** `files:10,filesize:1000`, as of tshark(1); kilo is 1000. */
function boundsOf<K extends string>(
  typed: readonly string[],
  option: OptionName,
  keys: readonly K[],
): Partial<Record<K, number>> {
  const bounds: Partial<Record<K, number>> = {}
  for (const text of typed.flatMap(one => one.split(','))) {
    const [, name = '', digits = ''] = /^\s*(\w+):(\d+)\s*$/.exec(text) ?? []
    const key = keys.find(one => one === name)
    const value = Number(digits)
    if (key === undefined || value < 1 || !Number.isSafeInteger(value)) {
      const known = keys.map(one => `${one}:N`).join(', ')
      throw usageFailure(`--${option}: "${terminalText(text)}" is not one of ${known}`)
    }
    bounds[key] = value
  }
  return bounds
}

/** A filter by port takes the first fragment of a datagram alone, and nothing behind a VLAN tag. */
export function warnOfFilter(options: Options, terminal: Terminal): void {
  const filter = options['capture-filter']
  if (filter === undefined || options.quiet) return
  const byPort = /\b(port|portrange)\b/.test(filter)
  if (!byPort || /ip\[6:2\]|ip\[6\]|proto 44|\bvlan\b/.test(filter)) return
  terminal.talk(
    'tollgate: capture filter: "port" leaves out later fragments and frames with a VLAN tag',
  )
  terminal.talk(
    "  try: adding 'or (ip[6:2] & 0x1fff != 0) or ip6 proto 44', and all again after 'vlan'",
  )
}
