/** A run's octets against products and holdings, beside whatever else the command makes of the run: what buckets paid,
 * when they were empty, and what no bucket took. */

import type { Catalogue } from '../products/catalogue.js'
import type { RatedRun } from '../products/rated-run.js'
import type { Holding } from '../rating/bucket-rater.js'
import type { RatingSummary } from '../record/bucket-record.js'
import type { BusinessEvent } from '../record/business-event.js'
import type { RuleEngine } from '../rules/engine.js'
import { usageFailure } from './fail.js'
import type { Options } from './options.js'
import { objectLine } from './output/json.js'
import { forReader } from './output/record-writer.js'
import { readCatalogue } from './product-store.js'
import { BucketRating, holdingsOf } from './rate-buckets.js'
import type { Terminal } from './terminal.js'
import { bucketLines, ratingSummaryLines } from './text/bucket-text.js'

export class BucketReport {
  readonly #options: Options
  readonly #rating: BucketRating
  readonly #events: BusinessEvent[] = []

  constructor(
    options: Options,
    engine: RuleEngine,
    catalogue: Catalogue,
    holdings: readonly Holding[],
  ) {
    this.#options = options
    this.#rating = new BucketRating(engine, catalogue, holdings, {
      onEvent: event => this.#events.push(event),
    })
  }

  /** Of `--products` and `--holdings`; undefined without. */
  static async from(options: Options, engine: RuleEngine): Promise<BucketReport | undefined> {
    if (options.products === undefined) {
      if (options.holdings === undefined) return undefined
      throw usageFailure('--holdings needs --products', '--products FILE')
    }
    const catalogue = readCatalogue(options.products, engine.set)
    return new BucketReport(
      options,
      engine,
      catalogue,
      await holdingsOf(options.holdings, catalogue),
    )
  }

  /** What the pipeline has to be given. */
  get watch(): BucketRating['watch'] {
    return this.#rating.watch
  }

  get rated(): RatedRun {
    return this.#rating.rated
  }

  /** After the last packet; `reasons`: why the run is not whole. */
  end(reasons: readonly string[]): RatingSummary {
    return this.#rating.rated.summary([...reasons, ...this.#rating.end()])
  }

  /** Buckets, sums by subscriber, and the events that a feed would carry, a JSON object a line. */
  writeRecords({ out }: Terminal): void {
    const { rated } = this.#rating
    for (const record of [...rated.buckets(), ...rated.ratings(), ...this.#events]) {
      out.line(objectLine(forReader(record, this.#options)))
    }
  }

  lines(summary: RatingSummary, width: number): string[] {
    const { rated } = this.#rating
    const options = this.#options
    const shown = <T extends object>(record: T) => forReader(record, options)
    return [
      ...bucketLines([...rated.ratings()], [...rated.buckets()], shown, width, options.utc),
      ...(options.quiet ? [] : ratingSummaryLines(summary, width)),
    ]
  }
}
