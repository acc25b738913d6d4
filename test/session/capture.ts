/** Shared captures as the session stage sees them: source, dissector, one callback a packet. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { Dissector } from '../../src/dissect/dissector.js'
import { PacketKind, type PacketView } from '../../src/dissect/packet-view.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'

export const sharedCaptures = join('..', 'shared', 'captures')

/** False, and said so, when the shared captures are not beside the project. */
export function haveShared(): boolean {
  if (existsSync(sharedCaptures)) return true
  t.comment('shared captures not here: not compared')
  t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
  return false
}

/** Captures of a folder that have a truth file: name without folder, path of the truth. */
export function capturesOf(folder: string): { path: string; name: string; truth: string }[] {
  return readdirSync(folder)
    .filter(name => /\.pcap(ng)?$/.test(name))
    .map(name => ({
      path: join(folder, name),
      name,
      truth: join(folder, 'truth', `${name}.json`),
    }))
}

export function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T
}

export async function eachPacket(path: string, visit: (view: PacketView) => void): Promise<void> {
  const source = await openSource([path])
  const dissector = new Dissector({ plainIp: false })
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      if (dissector.decode(batch, i) !== PacketKind.None) visit(dissector.view)
    }
  }
  await source.close()
}

export function isControl(view: PacketView): boolean {
  return view.kind === PacketKind.GtpControl || view.kind === PacketKind.GtpUserSignal
}
