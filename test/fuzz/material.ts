/** What the fuzzer starts from: every capture here and in ../shared that is not too large, with the layers
 * of each frame, and examples of each protocol's messages taken from them. */

import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import type { Xorshift32 } from '../../src/synth/xorshift.js'
import { framesOf } from '../helpers/memory-source.js'
import { root } from '../helpers/run.js'
import { type FindSites, layerSites } from './layer-sites.js'
import { mutateOctets } from './mutate-octets.js'
import { type LayerRange, recordLayers } from './recorder.js'
import type { Site } from './site.js'
import { type Input, pick } from './target.js'

const largestFile = 200_000
const mostFrames = 1200
/** examples of one protocol: more are dropped */
const mostExamples = 500
const longestExample = 6000

export interface Capture {
  name: string
  path: string
  frames: Input
  layers: readonly (readonly LayerRange[])[]
}

export interface Material {
  captures: readonly Capture[]
  /** messages of each protocol */
  examples: ReadonlyMap<string, readonly Uint8Array[]>
  /** files of MMS PDUs and the like */
  sharedHere: boolean
}

const sharedFolder = `${root}/../shared/captures`

function capturesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.pcap(ng)?$/.test(name))
    .map(name => `${folder}/${name}`)
    .filter(path => statSync(path).size <= largestFile)
    .sort()
}

class Examples {
  readonly all = new Map<string, Uint8Array[]>()
  readonly #known = new Set<string>()

  add(name: string, octets: Uint8Array): void {
    if (octets.length === 0) return
    const kept = this.all.get(name) ?? []
    this.all.set(name, kept)
    if (kept.length >= mostExamples) return
    const one = octets.length > longestExample ? octets.slice(0, longestExample) : octets
    const key = `${name} ${Buffer.from(one).toString('latin1')}`
    if (this.#known.has(key)) return
    this.#known.add(key)
    kept.push(one)
  }
}

/** Reads everything; some seconds. `withShared` false: only what is committed here. */
export async function loadMaterial(withShared = true): Promise<Material> {
  const sharedHere = withShared && existsSync(sharedFolder)
  const paths = capturesIn(`${root}/captures`)
  if (sharedHere) paths.push(...capturesIn(sharedFolder))
  const examples = new Examples()
  const captures: Capture[] = []
  for (const path of paths) {
    const { frames } = await framesOf(path)
    const some = frames.slice(0, mostFrames)
    const layers = recordLayers(some, (name, octets) => examples.add(name, octets))
    captures.push({ name: path.replace(/^.*\//, ''), path, frames: some, layers })
  }
  const pdus = `${sharedFolder}/mms-pdus`
  if (sharedHere && existsSync(pdus)) {
    for (const name of readdirSync(pdus)) {
      if (/\.(mms|bin|dat)$/i.test(name)) examples.add('mmse', readFileSync(`${pdus}/${name}`))
    }
  }
  return { captures, examples: examples.all, sharedHere }
}

/** Inputs of one piece: mutations of examples of the layers named, and of `more`. */
export function messages(
  material: Material,
  names: readonly string[],
  more: readonly Uint8Array[] = [],
  findSites?: FindSites,
): (random: Xorshift32) => Uint8Array {
  const found = names.flatMap(name =>
    (material.examples.get(name) ?? []).map(octets => ({ octets, find: layerSites[name] })),
  )
  const given = more.map(octets => ({
    octets: Uint8Array.from(octets),
    find: findSites ?? layerSites[names[0] ?? ''],
  }))
  const from = [...found, ...given]
  const others = from.map(({ octets }) => octets)
  if (from.length === 0) throw new RangeError(`no examples of ${names.join(', ')}`)
  const known = new Map<Uint8Array, Site[]>()
  return random => {
    const { octets, find } = pick(random, from)
    let sites = known.get(octets)
    if (sites === undefined) {
      sites = find?.(octets, 0, octets.length) ?? []
      known.set(octets, sites)
    }
    // one in fifty as it is
    return random.chance(0.02) ? octets : mutateOctets(octets, random, { sites, others })
  }
}
