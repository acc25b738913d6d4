/** Flows together with the requests in them: what a row decides when a rule asks its table. The product of the
 * boxes of `flow-space.ts` and `request-space.ts`. */

import type { AppFacts, FlowFacts } from '../rule-facts.js'
import type { Box, Point, Space } from './box.js'
import { flowFacts, flowSpace } from './flow-space.js'
import { helloSpace, requestFacts, requestSpace } from './request-space.js'

function product(requests: Space): Space {
  return {
    name: `flow and ${requests.name}`,
    numbers: [...flowSpace.numbers, ...requests.numbers],
    texts: [...flowSpace.texts, ...requests.texts],
  }
}

const products: readonly { of: Space; space: Space }[] = [requestSpace, helloSpace].map(of => ({
  of,
  space: product(of),
}))

/** Every request of the one in every flow of the other. */
export function requestsIn(flows: readonly Box[], requests: readonly Box[]): readonly Box[] {
  return flows.flatMap(flow =>
    requests.flatMap(request => {
      const space = products.find(({ of }) => of === request.space)?.space
      if (!space) return []
      return {
        space,
        numbers: [...flow.numbers, ...request.numbers],
        texts: [...flow.texts, ...request.texts],
      }
    }),
  )
}

/** The facts of a point of a product, as the engine is asked. */
export function decisionFacts({ space, numbers, texts }: Point): {
  readonly flow: FlowFacts
  readonly request: AppFacts
} {
  const of = products.find(one => one.space === space)?.of ?? requestSpace
  const [n, t] = [flowSpace.numbers.length, flowSpace.texts.length]
  return {
    flow: flowFacts({ space: flowSpace, numbers: numbers.slice(0, n), texts: texts.slice(0, t) }),
    request: requestFacts({ space: of, numbers: numbers.slice(n), texts: texts.slice(t) }),
  }
}
