/** The lines of a bill, added up for each source, subscriber and rating group. Memory is that of the prediction:
 * lines of others are counted, not kept. */

import type { ChargedUsage, UsageSink, UsageSource } from './charged-usage.js'
import type { Predicted, PredictedSubscriber } from './predicted.js'

export interface ActualSum {
  readonly source: UsageSource
  readonly subscriber: PredictedSubscriber
  /** -1: all rating groups together, or a URR */
  readonly ratingGroup: number
  readonly urr: number
  readonly services: Set<number>
  up: number
  down: number
  octets: number
  /** some line does not tell up from down */
  undivided: boolean
  lines: number
  firstUs: number
  lastUs: number
}

/** First and last packet of the capture, in microseconds. */
export interface Span {
  readonly firstUs: number
  readonly lastUs: number
}

/** Time stamps of bills have seconds. */
const slackUs = 1_000_000
/** Service identifiers and messages that are kept. */
const maxServices = 64
const maxDamage = 20
/** Sums of one source: a bill could name a new rating group in every line. */
const maxSums = 1 << 20

export class Actual implements UsageSink {
  linesElsewhere = 0
  linesOtherTime = 0
  readonly #damage: string[] = []
  #moreDamage = 0
  readonly #predicted: Predicted
  readonly #span: Span
  readonly #sums = new Map<string, ActualSum>()
  readonly #ids = new Map<PredictedSubscriber, number>()
  readonly #only: PredictedSubscriber | undefined

  /** `only`: the one subscriber that is asked for. */
  constructor(predicted: Predicted, span: Span, only?: PredictedSubscriber) {
    this.#predicted = predicted
    this.#span = span
    this.#only = only
  }

  get sums(): ActualSum[] {
    return [...this.#sums.values()]
  }

  /** What could not be read or counted: the first of it, and how much more there was. */
  get damages(): string[] {
    const more = this.#moreDamage
    return more === 0 ? this.#damage : [...this.#damage, `and ${more} more that could not be read`]
  }

  damage(text: string): void {
    if (this.#damage.length < maxDamage) this.#damage.push(text)
    else this.#moreDamage++
  }

  usage(usage: ChargedUsage): void {
    const subscriber = this.#predicted.ownerOf(usage)
    if (subscriber === undefined || (this.#only !== undefined && subscriber !== this.#only)) {
      this.linesElsewhere++
      return
    }
    if (!this.#isInTime(usage)) {
      this.linesOtherTime++
      return
    }
    const sum = this.#sum(usage, subscriber)
    if (sum === undefined) return
    const total = sum.octets + usage.octets
    if (!Number.isSafeInteger(total)) {
      this.damage(`${usage.source}: a sum of more than 2^53 octets; a line was not counted`)
      return
    }
    sum.octets = total
    sum.lines++
    if (usage.octetsUp < 0 || usage.octetsDown < 0) sum.undivided = true
    sum.up += Math.max(usage.octetsUp, 0)
    sum.down += Math.max(usage.octetsDown, 0)
    if (usage.serviceIdentifier >= 0 && sum.services.size < maxServices) {
      sum.services.add(usage.serviceIdentifier)
    }
    if (usage.firstUs >= 0 && (sum.firstUs < 0 || usage.firstUs < sum.firstUs)) {
      sum.firstUs = usage.firstUs
    }
    if (usage.lastUs > sum.lastUs) sum.lastUs = usage.lastUs
  }

  #isInTime({ firstUs, lastUs }: ChargedUsage): boolean {
    const from = this.#span.firstUs - slackUs
    const to = this.#span.lastUs + slackUs
    return (firstUs < 0 || firstUs <= to) && (lastUs < 0 || lastUs >= from)
  }

  #sum(usage: ChargedUsage, subscriber: PredictedSubscriber): ActualSum | undefined {
    const { source, ratingGroup, urr } = usage
    const key = `${source} ${this.#id(subscriber)} ${ratingGroup} ${urr}`
    let sum = this.#sums.get(key)
    if (sum === undefined) {
      if (this.#sums.size >= maxSums) {
        this.damage(`more than ${maxSums} rating groups; a line was not counted`)
        return undefined
      }
      sum = {
        source,
        subscriber,
        ratingGroup,
        urr,
        services: new Set(),
        up: 0,
        down: 0,
        octets: 0,
        undivided: false,
        lines: 0,
        firstUs: -1,
        lastUs: -1,
      }
      this.#sums.set(key, sum)
    }
    return sum
  }

  #id(subscriber: PredictedSubscriber): number {
    const known = this.#ids.get(subscriber) ?? this.#ids.size
    this.#ids.set(subscriber, known)
    return known
  }
}
