/** Rating against a model that is too simple to be wrong: octet by octet, every bucket asked each time. */

import fc from 'fast-check'
import t from 'tap'
import { lifetime, type Product } from '../../src/products/catalogue.js'
import { RatedRun } from '../../src/products/rated-run.js'
import { Calendar } from '../../src/rating/calendar.js'
import type { RatedOctets } from '../../src/rating/rated-octets.js'
import type { Tariff } from '../../src/record/flow-record.js'
import { utcTime } from '../../src/record/time.js'
import { catalogueOf, everyKind } from './catalogue-text.js'
import { holding, imsi, timeOf } from './octets.js'

const catalogue = catalogueOf(everyKind)
const { calendar } = catalogue
const startUs = timeOf('2026-11-01T00:00:00+08:00')
const hourUs = 3_600_000_000

interface Step {
  hours: number
  octets: number
  tariff: Tariff
  table: string
  roaming: boolean | undefined
  isUp: boolean
}

interface Granted {
  product: string
  hours: number
  /** hours after the grant; 0: never */
  release: number
}

const steps = fc.array(
  fc.record({
    hours: fc.integer({ min: 0, max: 30 }),
    octets: fc.integer({ min: 0, max: 400 }),
    tariff: fc.constantFrom<Tariff>('charged', 'charged', 'charged', 'free', 'unknown'),
    table: fc.constantFrom('', 'video', 'music'),
    roaming: fc.constantFrom(true, false, undefined),
    isUp: fc.boolean(),
  }),
  { maxLength: 60 },
)
const grants = fc.array(
  fc.record({
    product: fc.constantFrom('base', 'refuel', 'video', 'night', 'abroad'),
    hours: fc.integer({ min: 0, max: 900 }),
    release: fc.constantFrom(0, 0, 1, 48, 800),
  }),
  { maxLength: 6 },
)

interface Sums {
  debited: Map<string, number>
  billed: number
  blocked: number
  free: number
  unknown: number
}

/** What each octet costs, without anything that the rating does to be quick. */
function model(list: readonly Step[], held: readonly Granted[]): Sums {
  const sums: Sums = { debited: new Map(), billed: 0, blocked: 0, free: 0, unknown: 0 }
  const used = new Map<string, number>()
  let nowUs = startUs
  for (const step of list) {
    nowUs += step.hours * hourUs
    if (step.tariff !== 'charged') {
      sums[step.tariff] += step.octets
      continue
    }
    const month = calendar.monthOf(nowUs)
    const covering = held
      .map((grant, i) => ({ grant, i, product: productOf(grant) }))
      .filter(
        ({ grant, product }) => isAlive(grant, product, nowUs) && coversStep(product, step, nowUs),
      )
      .map(one => ({ ...one, endUs: endOf(one.grant, one.product, nowUs) }))
      .sort(
        (a, b) =>
          b.product.priority - a.product.priority ||
          (a.endUs < b.endUs ? -1 : a.endUs > b.endUs ? 1 : 0) ||
          a.grant.hours - b.grant.hours ||
          (`b${a.i}` < `b${b.i}` ? -1 : 1),
      )
    for (let octet = 0; octet < step.octets; octet++) {
      const payer = covering.find(
        ({ i, product }) => (used.get(key(i, product, month)) ?? 0) < product.volume,
      )
      if (payer === undefined) {
        const last = covering.at(-1)
        if ((last?.product.leftover ?? catalogue.leftover) === 'blocked') sums.blocked++
        else sums.billed++
        continue
      }
      const at = key(payer.i, payer.product, month)
      used.set(at, (used.get(at) ?? 0) + 1)
      const id = `b${payer.i}`
      sums.debited.set(id, (sums.debited.get(id) ?? 0) + 1)
    }
  }
  return sums
}

function key(i: number, product: Product, month: number): string {
  return product.validity.kind === 'monthly' ? `${i} ${month}` : String(i)
}

function productOf({ product }: Granted): Product {
  return catalogue.products.get(product)!
}

function grantedUs({ hours }: Granted): number {
  return startUs + hours * hourUs
}

function endOf(grant: Granted, product: Product, nowUs: number): number {
  if (product.validity.kind === 'monthly') return calendar.monthStartUs(calendar.monthOf(nowUs) + 1)
  return lifetime(product, grantedUs(grant), calendar).untilUs
}

function isAlive(grant: Granted, product: Product, nowUs: number): boolean {
  const fromUs = grantedUs(grant)
  const { untilUs } = lifetime(product, fromUs, calendar)
  const isReleased = grant.release > 0 && nowUs >= fromUs + grant.release * hourUs
  return nowUs >= fromUs && nowUs < untilUs && !isReleased
}

function coversStep({ scope }: Product, step: Step, nowUs: number): boolean {
  if (scope.place === 'roaming' && step.roaming !== true) return false
  if (scope.tables !== undefined && !scope.tables.has(step.table)) return false
  const hour = Math.floor((nowUs / hourUs + 8) % 24)
  return scope.hours === undefined || hour >= 23 || hour < 7
}

function run(list: readonly Step[], held: readonly Granted[]) {
  const holdings = held.flatMap((grant, i) => {
    const at = grantedUs(grant)
    const own = { bucket: `b${i}` }
    const granted = holding(catalogue, {
      op: 'grant',
      ts: utcTime(at),
      product: grant.product,
      ...own,
    })
    if (grant.release === 0) return [granted]
    const ts = utcTime(at + grant.release * hourUs)
    return [holding(catalogue, { op: 'release', ts, ...own }), granted]
  })
  const rated = new RatedRun(catalogue, holdings)
  const packet: RatedOctets = {
    imsi,
    msisdn: '',
    apn: '',
    rat: '',
    ruleId: 1,
    frame: 0,
    flow: 1,
    timeUs: startUs,
    octets: 0,
    tariff: 'charged',
    table: '',
    roaming: undefined,
    isUp: true,
  }
  for (const step of list) {
    // one object for all packets: nothing of it may be kept
    packet.timeUs += step.hours * hourUs
    packet.frame++
    packet.octets = step.octets
    packet.tariff = step.tariff
    packet.table = step.table
    packet.roaming = step.roaming
    packet.isUp = step.isUp
    rated.take(packet)
  }
  rated.finish()
  return rated
}

t.test('equal to the model, octet by octet', { timeout: 60_000 }, async t => {
  fc.assert(
    fc.property(steps, grants, (list, held) => {
      const rated = run(list, held)
      const want = model(list, held)
      const debited = new Map<string, number>()
      for (const record of rated.buckets()) {
        const sum = record.up_bytes + record.down_bytes
        if (record.opening_bytes - sum !== record.left_bytes || record.left_bytes < 0) return false
        if (sum > 0) debited.set(record.bucket, (debited.get(record.bucket) ?? 0) + sum)
      }
      const got = rated.summary()
      const all = list.reduce((sum, step) => sum + step.octets, 0)
      const parts = got.debited_bytes + got.billed_bytes + got.blocked_bytes
      return (
        parts + got.free_bytes + got.unknown_bytes === all &&
        got.rated_bytes === all &&
        got.billed_bytes === want.billed &&
        got.blocked_bytes === want.blocked &&
        got.free_bytes === want.free &&
        got.unknown_bytes === want.unknown &&
        sameSums(debited, want.debited)
      )
    }),
    { numRuns: 400, seed: 20261122 },
  )
  t.pass('400 runs')
})

t.test('rating the same octets twice gives the same', async t => {
  fc.assert(
    fc.property(steps, grants, (list, held) => {
      const [first, second] = [run(list, held), run(list, held)].map(one => [...one.buckets()])
      return JSON.stringify(first) === JSON.stringify(second)
    }),
    { numRuns: 50, seed: 7 },
  )
  t.pass()
})

function sameSums(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): boolean {
  return a.size === b.size && [...a].every(([id, sum]) => b.get(id) === sum)
}

t.test('months of the calendar, where summer time begins at midnight', async t => {
  const santiago = new Calendar('America/Santiago')
  fc.assert(
    fc.property(fc.integer({ min: 360, max: 1200 }), month => {
      const start = santiago.monthStartUs(month)
      return santiago.monthOf(start) === month && santiago.monthOf(start - 1) === month - 1
    }),
    { numRuns: 200, seed: 1 },
  )
  t.throws(() => new Calendar('Mars/Olympus'), RangeError)
  t.equal(new Calendar('-03:30').minuteOfDay(0), 20 * 60 + 30)
})
