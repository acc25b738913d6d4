/** Changes to captures: fields of any layer, messages made longer or shorter with the lengths around them
 * put right, frames lost, repeated, out of order, late, cut, fragmented, and captures put together. */

import type { Xorshift32 } from '../../src/synth/xorshift.js'
import type { Frame } from '../helpers/memory-source.js'
import { fragments } from './fragments.js'
import { layerSites } from './layer-sites.js'
import type { Capture } from './material.js'
import { mutateOctets, replaced } from './mutate-octets.js'
import type { LayerRange } from './recorder.js'
import { addToLength, breakSite, lengthSite, type Site, setValue, valueAt } from './site.js'
import { few, type Input, pick } from './target.js'

/** A frame that may still know where its layers are. */
interface Layered extends Frame {
  layers: readonly LayerRange[]
}

const mostFrames = 400
const secondUs = 1e6
const latest = Number.MAX_SAFE_INTEGER

/** Ports and link types at which some decoder waits. */
const ports = [
  53, 80, 443, 1701, 1812, 1813, 2123, 2152, 2948, 3386, 3868, 4789, 5060, 8080, 8805, 9200, 9201,
  9202, 9203,
] as const
const linkTypes = [0, 1, 12, 101, 108, 113, 228, 229, 276, 105, 147] as const

function sitesOf(frame: Layered, layer: LayerRange): Site[] {
  return layerSites[layer.name]?.(frame.octets, layer.off, layer.end) ?? []
}

/** One layer of the frame, the inner ones more often. */
function someLayer(frame: Layered, random: Xorshift32): LayerRange | undefined {
  const { layers } = frame
  if (layers.length === 0) return undefined
  const at = Math.max(random.below(layers.length), random.below(layers.length))
  return layers[at]
}

/** Lengths of the layers around `layer`, and its own, that count its octets. */
const ownLength: Readonly<Record<string, Site>> = {
  ip: lengthSite(2, 2),
  ipv6: lengthSite(4, 2),
  udp: lengthSite(4, 2),
  gtp: lengthSite(2, 2),
  gtpv2: lengthSite(2, 2),
  pfcp: lengthSite(2, 2),
  radius: lengthSite(2, 2),
  diameter: lengthSite(1, 3),
  pppoes: lengthSite(4, 2),
}

/** The frame with the octets of `layer` replaced, and the lengths around them right again. */
function withLayer(frame: Layered, layer: LayerRange, octets: Uint8Array): Layered {
  const delta = octets.length - (layer.end - layer.off)
  const whole = replaced(frame.octets, layer.off, layer.end - layer.off, octets)
  for (const outer of frame.layers) {
    const length = ownLength[outer.name]
    const around = outer.off < layer.off && outer.end >= layer.end
    if (!around || length === undefined) continue
    addToLength(whole, { ...length, off: outer.off + length.off }, delta)
  }
  const layers = frame.layers.filter(one => one.off < layer.off)
  return { ...frame, octets: whole, wirelen: Math.max(frame.wirelen ?? 0, whole.length), layers }
}

type Change = (frames: Layered[], random: Xorshift32, captures: readonly Capture[]) => void

function change(
  frames: Layered[],
  random: Xorshift32,
  make: (frame: Layered) => Layered | undefined,
): void {
  const at = random.below(frames.length)
  const frame = frames[at]
  const made = frame && make(frame)
  if (made !== undefined) frames[at] = made
}

function breakField(frames: Layered[], random: Xorshift32): void {
  change(frames, random, frame => {
    const layer = someLayer(frame, random)
    const sites = layer === undefined ? [] : sitesOf(frame, layer)
    if (sites.length === 0) return undefined
    const octets = frame.octets.slice()
    breakSite(octets, pick(random, sites), random)
    return { ...frame, octets }
  })
}

function breakOctets(frames: Layered[], random: Xorshift32): void {
  change(frames, random, frame => {
    const layer = someLayer(frame, random)
    if (layer === undefined || layer.end === layer.off) return undefined
    const material = { sites: [], others: [] }
    const part = frame.octets.subarray(layer.off, layer.end)
    const octets = frame.octets.slice()
    octets.set(mutateOctets(part, random, material, true).subarray(0, part.length), layer.off)
    return { ...frame, octets }
  })
}

function resize(frames: Layered[], random: Xorshift32): void {
  const lender = frames[random.below(frames.length)]
  change(frames, random, frame => {
    const layer = someLayer(frame, random)
    if (layer === undefined || layer.off === 0) return undefined
    const part = frame.octets.subarray(layer.off, layer.end)
    const sites = layerSites[layer.name]?.(part, 0, part.length) ?? []
    const others = lender ? [lender.octets.subarray(Math.min(54, lender.octets.length))] : []
    return withLayer(frame, layer, mutateOctets(part, random, { sites, others }).slice(0, 9000))
  })
}

/** A value of one frame's layer in the same layer of another: TEIDs, addresses, numbers meet. */
function lend(frames: Layered[], random: Xorshift32): void {
  const lender = pick(random, frames)
  change(frames, random, frame => {
    const from = someLayer(lender, random)
    const to = frame.layers.filter(one => one.name === from?.name).at(-1)
    if (from === undefined || to === undefined) return undefined
    const values = sitesOf(lender, from).filter(one => !one.length)
    if (values.length === 0) return undefined
    const one = pick(random, values)
    const octets = frame.octets.slice()
    const at = { ...one, off: one.off - from.off + to.off }
    if (at.off + at.width <= octets.length) setValue(octets, at, valueAt(lender.octets, one))
    return { ...frame, octets }
  })
}

function port(frames: Layered[], random: Xorshift32): void {
  const to = pick(random, ports)
  const end = 2 * random.below(2)
  const wanted = few(random, 40)
  for (let n = 0; n < wanted; n++) {
    change(frames, random, frame => {
      const layer = frame.layers.filter(one => one.name === 'udp' || one.name === 'tcp').at(-1)
      if (layer === undefined) return undefined
      const octets = frame.octets.slice()
      setValue(octets, { off: layer.off + end, width: 2 }, to)
      return { ...frame, octets }
    })
  }
}

/** The same frame again and again, one field counting on: a storm. */
function storm(frames: Layered[], random: Xorshift32): void {
  const at = random.below(frames.length)
  const frame = frames[at]
  const layer = frame && someLayer(frame, random)
  if (frame === undefined || layer === undefined) return
  const sites = sitesOf(frame, layer)
  if (sites.length === 0) return
  const one = pick(random, sites)
  const step = pick(random, [1, 1, 1, 2, 8, 185, 1480, -1])
  const made: Layered[] = []
  for (let n = 1 + random.below(80); n > 0; n--) {
    const octets = frame.octets.slice()
    setValue(octets, one, (valueAt(octets, one) + n * step) % 256 ** one.width)
    made.push({ ...frame, octets, timeUs: frame.timeUs + n })
  }
  frames.splice(at + 1, 0, ...(random.chance(0.3) ? made.reverse() : made))
}

function cutFrames(frames: Layered[], random: Xorshift32): void {
  const all = random.chance(0.3)
  const snap = random.below(200)
  const cut = (frame: Layered): Layered => ({
    ...frame,
    octets: frame.octets.slice(0, snap),
    wirelen: Math.max(frame.wirelen ?? 0, frame.octets.length),
    layers: frame.layers.filter(one => one.end <= snap),
  })
  if (all) for (const [i, frame] of frames.entries()) frames[i] = cut(frame)
  else change(frames, random, cut)
}

/** Times go on from here, or not: packets come late, clocks are set. */
function clock(frames: Layered[], random: Xorshift32): void {
  const from = random.below(frames.length)
  const to = random.chance(0.5) ? frames.length : from + 1
  const jump = pick(random, [1e-3, 1, 5, 31, 70, 700, 90_000, 4e8, -1e-3, -2, -3600, -4e8, 7e9])
  for (let i = from; i < to; i++) {
    const frame = frames[i]
    if (frame !== undefined) {
      frames[i] = {
        ...frame,
        timeUs: Math.min(latest, Math.max(0, frame.timeUs + Math.round(jump * secondUs))),
      }
    }
  }
}

function splice(frames: Layered[], random: Xorshift32, captures: readonly Capture[]): void {
  const timeUs = frames[0]?.timeUs ?? 0
  const other = window(pick(random, captures), random, 60)
  const late = timeUs - (other[0]?.timeUs ?? 0)
  const at = random.below(frames.length + 1)
  const interleaved = random.chance(0.5)
  for (const [i, frame] of other.entries()) {
    const place = interleaved ? random.below(frames.length + 1) : at + i
    frames.splice(place, 0, { ...frame, timeUs: Math.max(0, frame.timeUs + late) })
  }
}

const changes: readonly Change[] = [
  breakField,
  breakField,
  breakField,
  breakField,
  breakOctets,
  breakOctets,
  resize,
  resize,
  resize,
  lend,
  lend,
  port,
  storm,
  cutFrames,
  clock,
  splice,
  (frames, random) => frames.splice(random.below(frames.length), few(random, 8)),
  (frames, random) => {
    const copy = pick(random, frames)
    frames.splice(random.below(frames.length + 1), 0, copy)
  },
  (frames, random) => {
    const [moved] = frames.splice(random.below(frames.length), 1)
    if (moved) frames.splice(random.below(frames.length + 1), 0, moved)
  },
  (frames, random) => {
    const at = random.below(frames.length)
    frames.splice(at, 0, ...frames.splice(at, 2 + random.below(12)).reverse())
  },
  (frames, random) => {
    const at = random.below(frames.length)
    const frame = frames[at]
    const ip = frame?.layers.filter(one => one.name === 'ip' || one.name === 'ipv6')
    if (frame === undefined || ip === undefined || ip.length === 0) return
    const layer = pick(random, ip)
    const packet = frame.octets.slice(layer.off, layer.end)
    const made = fragments(packet, random).map(octets => withLayer(frame, layer, octets))
    frames.splice(at, 1, ...made)
  },
  (frames, random) =>
    change(frames, random, frame => ({ ...frame, linkType: pick(random, linkTypes) })),
]

/** Some frames of a capture in a row; its beginning, where contexts are made, more often than not. */
function window(capture: Capture, random: Xorshift32, most: number): Layered[] {
  const { frames, layers } = capture
  const all = frames.map((frame, i) => ({ ...frame, layers: layers[i] ?? [] }))
  if (all.length <= most) return all
  const from = random.chance(0.4) ? 0 : random.below(all.length - most)
  const head = from > 0 && random.chance(0.7) ? all.slice(0, Math.min(8, from)) : []
  return [...head, ...all.slice(from, from + most)]
}

/** A damaged capture. */
export function mutateCapture(captures: readonly Capture[], random: Xorshift32): Input {
  const most = pick(random, [12, 40, 40, 120, 250])
  const frames = window(pick(random, captures), random, most)
  for (let n = few(random, 12); n > 0 && frames.length > 0; n--) {
    pick(random, changes)(frames, random, captures)
  }
  return frames.slice(0, mostFrames).map(({ octets, timeUs, wirelen, linkType }) => ({
    octets,
    timeUs,
    ...(wirelen === undefined ? {} : { wirelen }),
    ...(linkType === undefined ? {} : { linkType }),
  }))
}
