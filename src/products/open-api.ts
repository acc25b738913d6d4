/** The OpenAPI document (3.1) of the HTTP interface, from its table of routes. */

import { z } from 'zod'
import { type ApiRoute, apiRoutes } from './api-route.js'

const failure = {
  description: 'why not',
  content: {
    'application/json': {
      schema: {
        type: 'object',
        required: ['error'],
        properties: { error: { type: 'string' } },
      },
    },
  },
}

export function openApiDocument(version: string): object {
  const paths: Record<string, Record<string, object>> = {}
  for (const route of apiRoutes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Tollgate traffic products',
      version,
      description:
        'Numbers of subscribers are masked in answers unless the query has reveal=yes. Amounts of money are in the smallest unit of the currency.',
    },
    servers: [{ url: 'http://127.0.0.1:9466' }],
    security: [{ token: [] }],
    paths,
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
  }
}

function operation({ summary, params, query, body, answer, method }: ApiRoute): object {
  return {
    summary,
    parameters: [...parameters('path', params), ...parameters('query', query), reveal],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: {
      200: { description: 'done', content: json(answer) },
      400: failure,
      401: failure,
      404: failure,
      ...(method !== 'GET' && { 409: failure }),
    },
  }
}

const reveal = {
  name: 'reveal',
  in: 'query',
  required: false,
  schema: { type: 'string', enum: ['yes', 'no'] },
}

function json(shape: z.ZodType): object {
  return { 'application/json': { schema: z.toJSONSchema(shape) } }
}

function parameters(place: 'path' | 'query', shape: z.ZodType): object[] {
  const { properties = {}, required = [] } = z.toJSONSchema(shape, { io: 'input' })
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema,
  }))
}
