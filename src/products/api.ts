/** The HTTP interface of traffic products, on a server of fastify: of its own, or that of the daemon. Every request but
 * that for the OpenAPI document needs the token. */

import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { maskRecord } from '../record/mask.js'
import { ApiError, type ApiRoute, apiRoutes } from './api-route.js'
import { openApiDocument } from './open-api.js'
import type { Shop } from './shop.js'

export interface ApiOptions {
  readonly shop: Shop
  /** of the program, for the document */
  readonly version: string
  /** bearer token that requests must have */
  readonly token: string
  /** told of errors of this program's own */
  readonly onError?: (error: unknown) => void
}

/** Largest request body that a server should take, in octets. */
export const bodyLimit = 65_536

/** Puts the routes on a server, without changing what else it serves: `app.register(productApi(options), {prefix})`. */
export function productApi(options: ApiOptions) {
  const { shop, version, token, onError } = options
  return async (app: FastifyInstance): Promise<void> => {
    app.addHook('onRequest', async (request, reply) => {
      if (request.routeOptions.config.isOpen === true || hasToken(request, token)) return
      await reply.code(401).header('www-authenticate', 'Bearer').send({ error: 'needs the token' })
    })
    app.setErrorHandler(async (error, _request, reply) => {
      const { status, message } = failureOf(error)
      if (status === 500) onError?.(error)
      await reply.code(status).send({ error: message })
    })
    app.get('/openapi.json', { config: { isOpen: true } }, async () => openApiDocument(version))
    for (const route of apiRoutes) {
      const url = route.path.replace(/\{(\w+)\}/g, ':$1')
      app.route({
        method: route.method,
        url,
        bodyLimit,
        handler: async (request, reply) => await answer(route, shop, request, reply),
      })
    }
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** no token is needed */
    isOpen?: boolean
  }
}

async function answer(
  route: ApiRoute,
  shop: Shop,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> {
  const { reveal, ...query } = request.query as Record<string, unknown>
  const given = await route.handle(shop, { params: request.params, query, body: request.body })
  reply.header('cache-control', 'no-store')
  return reveal === 'yes' ? given : masked(given)
}

/** Records may lie in lists and in other objects; each has its own numbers. */
function masked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(masked)
  if (typeof value !== 'object' || value === null) return value
  if ('imsi' in value || 'msisdn' in value) return maskRecord(value)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, masked(item)]))
}

function hasToken({ headers }: FastifyRequest, token: string): boolean {
  const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? ''
  // equal lengths, so that the time tells nothing
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return token !== '' && timingSafeEqual(digest(given), digest(token))
}

function failureOf(error: unknown): { status: number; message: string } {
  if (error instanceof ApiError) return { status: error.status, message: error.message }
  const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
  const isOurs = !(status >= 400 && status < 500)
  if (isOurs || !(error instanceof Error)) return { status: 500, message: 'internal error' }
  return { status, message: error.message }
}
