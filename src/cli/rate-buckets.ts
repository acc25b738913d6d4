/** Rates captures against products and holdings: the octets of each packet, in packet order, to the buckets. */

import { RatedOrder } from '../pipeline/rated-octets.js'
import type { PipelineOptions } from '../pipeline.js'
import type { Catalogue } from '../products/catalogue.js'
import { HoldingError, readHoldings } from '../products/holdings.js'
import { RatedRun, type RatedRunOptions } from '../products/rated-run.js'
import type { Holding } from '../rating/bucket-rater.js'
import { plainText, terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { usageFailure } from './fail.js'

export class BucketRating {
  readonly rated: RatedRun
  readonly #order: RatedOrder

  constructor(
    engine: RuleEngine,
    catalogue: Catalogue,
    holdings: readonly Holding[],
    options: RatedRunOptions = {},
  ) {
    this.rated = new RatedRun(catalogue, holdings, options)
    this.#order = new RatedOrder(engine, octets => this.rated.take(octets))
  }

  /** What the pipeline has to be given. */
  get watch(): Pick<PipelineOptions, 'trace' | 'observe'> {
    const order = this.#order
    return { trace: order.trace, observe: (rater, table) => order.attach(rater, table) }
  }

  /** After the last packet; why figures may not be exact. */
  end(): string[] {
    this.#order.end()
    this.rated.finish()
    const { earlyOctets } = this.#order
    if (earlyOctets === 0) return []
    return [`${earlyOctets} octets were rated before their charging id was final`]
  }
}

/** Holdings of a file; none without. Throws a Failure that names the line. */
export async function holdingsOf(
  file: string | undefined,
  catalogue: Catalogue,
): Promise<Holding[]> {
  if (file === undefined) return []
  try {
    return await readHoldings(file, catalogue)
  } catch (error) {
    if (error instanceof HoldingError) throw usageFailure(plainText(error.message))
    if (!(error instanceof Error && 'code' in error)) throw error
    const why = error.code === 'ENOENT' ? 'no such file' : error.message
    throw usageFailure(`${terminalText(file)}: ${plainText(why)}`)
  }
}
