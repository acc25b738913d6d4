/** The HTTP interface as a table: what each route takes and gives. The server and the OpenAPI document read it. */

import { z } from 'zod'
import { card, order, product, statistics } from '../record/purchase-record.js'
import { CardRefused, type DirectedInformation } from './cards.js'
import { type OrderMessage, orderMessages } from './order.js'
import { OrderConflict } from './purchase.js'
import type { Shop } from './shop.js'
import { cardRecord, orderRecord, productRecord, statisticsRecords } from './show.js'

/** Why a request is not answered as asked: an HTTP status and one sentence. */
export class ApiError extends Error {
  readonly status: number

  constructor(status: 400 | 401 | 404 | 409, message: string) {
    super(message)
    this.status = status
  }
}

export interface ApiRequest<P, Q, B> {
  readonly params: P
  readonly query: Q
  readonly body: B
}

export interface ApiRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** with `{name}` for parameters, as OpenAPI has them */
  readonly path: string
  readonly summary: string
  readonly params: z.ZodType
  readonly query: z.ZodType
  readonly body: z.ZodType | undefined
  readonly answer: z.ZodType
  handle(shop: Shop, request: ApiRequest<unknown, unknown, unknown>): unknown
}

interface RouteParts<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly summary: string
  readonly params?: P
  readonly query?: Q
  readonly body?: B
  readonly answer: z.ZodType
  handle(shop: Shop, request: ApiRequest<z.infer<P>, z.infer<Q>, z.infer<B>>): unknown
}

const nothing = z.strictObject({})

function route<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  method: ApiRoute['method'],
  path: string,
  parts: RouteParts<P, Q, B>,
): ApiRoute {
  const { summary, answer, handle } = parts
  const params = parts.params ?? nothing
  const query = parts.query ?? nothing
  const { body } = parts
  return {
    method,
    path,
    summary,
    params,
    query,
    body,
    answer,
    handle: (shop, request) =>
      handle(shop, {
        params: taken(params, request.params, 'path') as z.infer<P>,
        query: taken(query, request.query, 'query') as z.infer<Q>,
        body: (body === undefined ? undefined : taken(body, request.body, 'body')) as z.infer<B>,
      }),
  }
}

function taken(shape: z.ZodType, value: unknown, where: string): unknown {
  const form = shape.safeParse(value ?? {})
  if (form.success) return form.data
  const [issue] = form.error.issues
  const key = [where, ...(issue?.path ?? [])].join('.')
  throw new ApiError(400, `${key}: ${issue?.message ?? 'wrong'}`)
}

const word = z.string().min(1).max(128)
const number = z.string().regex(/^\d{5,15}$/)
const id = z.strictObject({ id: word })
const ofNumber = z.strictObject({ number })
const directed = {
  tables: z.array(word).min(1).max(256).optional(),
  charges: z.array(z.int().min(0).max(0xffff_ffff)).min(1).max(256).optional(),
}
const settlement = z.strictObject({
  key: word,
  bucket: word,
  octets: z.int(),
  amount: z.int(),
  state: z.enum(['PENDING', 'DONE', 'REFUSED']),
  reason: z.string().optional(),
})
const messageNames = Object.keys(orderMessages) as [OrderMessage, ...OrderMessage[]]
const mostRows = 1000

export const apiRoutes: readonly ApiRoute[] = [
  route('GET', '/products', {
    summary: 'What is sold',
    answer: z.array(product),
    handle: ({ catalogue, purchases }) =>
      [...catalogue.products.values()].map(one => productRecord(one, catalogue, purchases.stock)),
  }),
  route('POST', '/orders', {
    summary:
      'Receive a purchase request; the same id again is the same order. Buys at once unless `run` is false',
    body: z.strictObject({ id: word, number, product: word, run: z.boolean().optional() }),
    answer: order,
    async handle(shop, { body }) {
      refusing(() => shop.purchases.submit(body.id, body.number, body.product))
      if (body.run !== false) await shop.purchases.run(body.id)
      return orderOf(shop, body.id)
    },
  }),
  route('GET', '/orders', {
    summary: 'Orders of a subscriber, newest first',
    query: ofNumber,
    answer: z.array(order),
    handle(shop, { query }) {
      const { book, subscribers } = shop.purchases
      const list = book.list(mostRows, subscriberOf(shop, query.number).id)
      return list.map(one => orderRecord(one, subscribers))
    },
  }),
  route('GET', '/orders/{id}', {
    summary: 'An order and its steps',
    params: id,
    answer: order,
    handle: (shop, { params }) => orderOf(shop, params.id),
  }),
  route('POST', '/orders/{id}/messages', {
    summary:
      'Receive one message of a purchase; repeated and early ones do nothing, and it is said',
    params: id,
    body: z.strictObject({ message: z.enum(messageNames) }),
    answer: z.strictObject({ result: z.enum(['done', 'repeated', 'out-of-order']), order }),
    async handle(shop, { params, body }) {
      orderOf(shop, params.id)
      const result = await shop.purchases.receive(params.id, body.message)
      return { result, order: orderOf(shop, params.id) }
    },
  }),
  route('POST', '/orders/{id}/reverse', {
    summary: 'Take an order back',
    params: id,
    answer: order,
    async handle(shop, { params }) {
      orderOf(shop, params.id)
      await refusingLate(async () => await shop.purchases.reverse(params.id))
      return orderOf(shop, params.id)
    },
  }),
  route('PUT', '/cards/{id}', {
    summary: 'Make a traffic card; one that is there stays',
    params: id,
    body: z.strictObject({ product: word }),
    answer: card,
    handle(shop, { params, body }) {
      refusing(() => shop.cards.issue(params.id, body.product))
      return cardOf(shop, params.id)
    },
  }),
  route('GET', '/cards/{id}', {
    summary: 'A traffic card',
    params: id,
    answer: card,
    handle: (shop, { params }) => cardOf(shop, params.id),
  }),
  route('PUT', '/cards/{id}/binding', {
    summary:
      'Bind a card: without directed information to a designated subscriber, with it to any other',
    params: id,
    body: z.strictObject({ number, ...directed }),
    answer: card,
    handle(shop, { params, body }) {
      cardOf(shop, params.id)
      const { tables, charges } = body
      const info: DirectedInformation = { ...(tables && { tables }), ...(charges && { charges }) }
      refusing(() => shop.cards.bind(params.id, body.number, info))
      return cardOf(shop, params.id)
    },
  }),
  route('DELETE', '/cards/{id}/binding', {
    summary: 'Take a card off its number',
    params: id,
    answer: card,
    handle(shop, { params }) {
      cardOf(shop, params.id)
      refusing(() => shop.cards.unbind(params.id))
      return cardOf(shop, params.id)
    },
  }),
  route('PUT', '/buckets/{id}/priority', {
    summary: 'Another place in the order of consumption',
    params: id,
    body: z.strictObject({ priority: z.int().min(0).max(1_000_000) }),
    answer: z.strictObject({ bucket: word, priority: z.int() }),
    handle(shop, { params, body }) {
      refusing(() => shop.cards.prioritise(params.id, body.priority))
      return { bucket: params.id, priority: body.priority }
    },
  }),
  route('GET', '/statistics', {
    summary: 'Used volume of a subscriber by bucket and period',
    query: ofNumber,
    answer: z.array(statistics),
    handle: (shop, { query }) =>
      statisticsRecords(subscriberOf(shop, query.number), shop.purchases.buckets, shop.settlements),
  }),
  route('POST', '/settlements', {
    summary: 'Deduct all that is due for use',
    answer: z.array(settlement),
    handle: async shop => await shop.settlements.settleAll(),
  }),
  route('GET', '/events', {
    summary: 'Business events (business-event.json) after a number of the sequence',
    query: z.strictObject({ after: z.coerce.number().int().min(0).optional() }),
    answer: z.array(z.strictObject({ seq: z.int(), event: z.looseObject({}) })),
    handle: (shop, { query }) =>
      shop.purchases.book.businessEvents(query.after ?? 0).slice(0, mostRows),
  }),
]

function orderOf(shop: Shop, orderId: string) {
  const { book, subscribers } = shop.purchases
  const found = book.find(orderId)
  if (found === undefined) throw new ApiError(404, `no order ${orderId}`)
  return orderRecord(found, subscribers, book.steps(orderId))
}

function cardOf(shop: Shop, cardId: string) {
  const found = shop.cards.find(cardId)
  if (found === undefined) throw new ApiError(404, `no card ${cardId}`)
  return cardRecord(found, shop.purchases.subscribers, shop.purchases.buckets)
}

function subscriberOf(shop: Shop, of: string) {
  const subscriber = shop.purchases.subscribers.find(of)
  if (subscriber === undefined) throw new ApiError(404, 'no such subscriber')
  return subscriber
}

function refusing<T>(work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw refusal(error)
  }
}

async function refusingLate<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw refusal(error)
  }
}

function refusal(error: unknown): unknown {
  const isRefused = error instanceof OrderConflict || error instanceof CardRefused
  return isRefused ? new ApiError(409, error.message) : error
}
