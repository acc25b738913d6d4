/** The HTTP interface: a purchase message by message, cards, statistics; who may ask; and what the document promises. The
 * charging platform over HTTP, to a server that answers late, wrongly or not at all. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastify from 'fastify'
import t from 'tap'
import { z } from 'zod'
import { productApi } from '../../src/products/api.js'
import { apiRoutes } from '../../src/products/api-route.js'
import { Cards } from '../../src/products/cards.js'
import { PlatformUnreachable } from '../../src/products/charging-platform.js'
import { HttpPlatform } from '../../src/products/http-platform.js'
import { openApiDocument } from '../../src/products/open-api.js'
import { Settlements } from '../../src/products/settlement.js'
import { order } from '../../src/record/purchase-record.js'
import { inProcess, root, testEnv } from '../cli/program.js'
import { msisdn } from './octets.js'
import { folderOf, imbalance, openShop } from './shop.js'

const token = 'secret-of-the-test'

function served() {
  const shop = openShop(':memory:')
  const cards = new Cards(shop.store, shop.catalogue, () => shop.clock.us)
  const settlements = new Settlements(shop.store, shop.catalogue, shop.ledger)
  const app = fastify()
  const errors: unknown[] = []
  const onError = (error: unknown) => errors.push(error)
  app.register(productApi({ shop: { ...shop, cards, settlements }, version: '1', token, onError }))
  const ask = async (method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, body?: object) => {
    const headers = { authorization: `Bearer ${token}` }
    const answer = await app.inject({ method, url, headers, ...(body && { payload: body }) })
    return { status: answer.statusCode, body: answer.json<Record<string, unknown>>() }
  }
  return { shop, app, ask, errors }
}

t.test('a purchase, message by message', async t => {
  const { shop, ask } = served()
  const request = { id: 'o1', number: msisdn, product: 'refuel', run: false }
  t.match(await ask('POST', '/orders', request), { status: 200, body: { state: 'NEW' } })
  t.match(await ask('POST', '/orders', request), { status: 200, body: { state: 'NEW' } })
  t.match(await ask('POST', '/orders', { ...request, product: 'night' }), { status: 409 })
  const send = async (message: string) => await ask('POST', '/orders/o1/messages', { message })
  t.match(await send('deduction-confirm'), {
    body: { result: 'out-of-order', order: { state: 'NEW' } },
  })
  for (const message of [
    'pre-authentication',
    'pre-deduction',
    'authentication-confirm',
    'deduction-confirm',
  ]) {
    t.match(await send(message), { status: 200, body: { result: 'done' } })
    t.match(await send(message), { body: { result: 'repeated' } })
  }
  const { body } = await ask('GET', '/orders/o1')
  t.match(body, { state: 'ACTIVE', masked: true, msisdn: '861301****678' })
  order.parse(body)
  t.match(await ask('GET', '/orders/o1?reveal=yes'), { body: { msisdn } })
  t.match(await ask('GET', `/orders?number=${msisdn}`), { body: [{ order: 'o1' }] })
  t.match(await ask('GET', '/events?after=1&reveal=yes'), {
    body: [{ event: { status: 'provisioned', msisdn } }],
  })
  t.match(await ask('GET', '/events'), { body: [{ event: { msisdn: '861301****678' } }, {}] })
  t.match(await ask('POST', '/orders/o1/reverse'), { body: { state: 'REVERSED' } })
  t.strictSame(imbalance(shop, ['o1']), [])
})

t.test('bought at once, cards, statistics, settlement', async t => {
  const { shop, ask } = served()
  t.match(await ask('POST', '/orders', { id: 'a', number: msisdn, product: 'base' }), {
    body: { state: 'ACTIVE' },
  })
  t.match(await ask('POST', '/orders', { id: 'b', number: msisdn, product: 'big' }), {
    body: { state: 'PREAUTH_FAILED', reason: 'excluded by base' },
  })
  t.match(await ask('PUT', '/cards/c', { product: 'video' }), { body: { state: 'IDLE' } })
  t.match(await ask('PUT', '/cards/c/binding', { number: msisdn, tables: ['music'] }), {
    body: { state: 'BOUND', tables: ['music'] },
  })
  t.match(await ask('PUT', '/cards/c/binding', { number: msisdn }), { status: 409 })
  t.match(await ask('PUT', '/buckets/card-c/priority', { priority: 77 }), {
    body: { priority: 77 },
  })
  t.match(await ask('GET', '/cards/c'), { body: { priority: 77 } })
  shop.purchases.buckets.count('r', 'card-c', { period: '', up: 60, down: 41 })
  t.match(await ask('GET', `/statistics?number=${msisdn}`), {
    body: [{ bucket: 'card-c', up_bytes: 60, down_bytes: 41 }, {}],
  })
  t.match(await ask('POST', '/settlements'), { body: [{ amount: 6, state: 'DONE' }] })
  t.match(await ask('DELETE', '/cards/c/binding'), { body: { state: 'UNBOUND' } })
  t.match(await ask('GET', '/products'), { body: [{ product: 'base', currency: 'CNY' }] })
})

t.test('what is wrong with a request', async t => {
  const { app, ask, errors, shop } = served()
  for (const [url, status] of [
    ['/orders/none', 404],
    ['/cards/none', 404],
    ['/statistics?number=860000000000', 404],
    ['/statistics', 400],
    ['/events?after=x', 400],
    ['/nowhere', 404],
  ] as const) {
    t.equal((await ask('GET', url)).status, status, url)
  }
  t.match(await ask('POST', '/orders', { id: 'x', number: 'y', product: 'base' }), {
    status: 400,
    body: { error: /^body\.number: / },
  })
  t.match(await ask('POST', '/orders', { id: 'x', number: msisdn, product: 'base', more: 1 }), {
    status: 400,
  })
  t.match(
    await ask('POST', '/orders', { id: 'x'.repeat(70_000), number: msisdn, product: 'base' }),
    { status: 413 },
  )
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const broken = await app.inject({ method: 'POST', url: '/orders', headers, payload: '{' })
  t.equal(broken.statusCode, 400)
  for (const authorization of ['', 'Bearer ', 'Bearer wrong', `Basic ${token}`]) {
    const answer = await app.inject({ url: '/products', headers: { authorization } })
    t.equal(answer.statusCode, 401, authorization)
  }
  t.equal((await app.inject({ url: '/openapi.json' })).statusCode, 200, 'open to all')
  t.strictSame(errors, [])
  shop.store.close()
  t.match(await ask('GET', '/orders/x'), { status: 500, body: { error: 'internal error' } })
  t.equal(errors.length, 1)
})

t.test('the document has every route', async t => {
  const document = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) })
  const { paths } = document.parse(openApiDocument('1'))
  for (const { path, method } of apiRoutes)
    t.ok(paths[path]?.[method.toLowerCase()], `${method} ${path}`)
  const printed = await inProcess(['products', 'serve', '--openapi'])
  t.match(JSON.parse(printed.out), { openapi: '3.1.0' })
})

t.test('a server of its own', async t => {
  const folder = folderOf(t)
  const main = fileURLToPath(new URL('../../src/main.js', import.meta.url))
  const file = join(root, 'docs/examples/products.yaml')
  const args = [
    'products',
    'serve',
    '--store',
    join(folder, 's.db'),
    '--products',
    file,
    '--listen',
    '0',
  ]
  const env = { ...testEnv, TOLLGATE_API_TOKEN: token }
  const child = spawn(process.execPath, [main, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const address = /listening on (\S+)/.exec(line.toString())?.[1] ?? ''
  t.match(address, /^http:\/\/127\.0\.0\.1:\d+$/)
  const answer = await fetch(`${address}/products`, {
    headers: { authorization: `Bearer ${token}` },
  })
  t.match(await answer.json(), [{ product: 'base' }])
  t.equal((await fetch(`${address}/products`)).status, 401)
  child.kill('SIGTERM')
  t.strictSame(await once(child, 'close'), [0, null])
  const open = await inProcess([
    'products',
    'serve',
    '--store',
    join(folder, 's.db'),
    '--listen',
    '0.0.0.0:80',
  ])
  t.match(open, { code: 2, err: /no port of this machine's loopback/ })
})

async function isUnanswered(platform: HttpPlatform): Promise<boolean> {
  try {
    await platform.refund('k')
    return false
  } catch (error) {
    return error instanceof PlatformUnreachable
  }
}

t.test('the charging platform over HTTP', async t => {
  const shop = openShop(':memory:')
  const { ledger } = shop
  let fault: 'none' | 'error' | 'silent' | 'garbage' | 'endless' | 'elsewhere' = 'none'
  const server = fastify({ forceCloseConnections: true })
  const calls: string[] = []
  const body = z.object({
    key: z.string(),
    account: z.string().default(''),
    amount: z.number().default(0),
  })
  for (const name of ['reserve', 'capture', 'refund'] as const) {
    server.post(`/${name}`, async (request, reply) => {
      const { key, account, amount } = body.parse(request.body)
      calls.push(`${name} ${request.headers['idempotency-key']} ${request.headers.authorization}`)
      const answer =
        name === 'reserve' ? await ledger.reserve(key, account, amount) : await ledger[name](key)
      if (fault === 'silent') return await new Promise(() => undefined)
      if (fault === 'error') return await reply.code(503).send({ ok: true })
      if (fault === 'garbage') return { ok: 'maybe' }
      if (fault === 'endless') return 'x'.repeat(10_000)
      if (fault === 'elsewhere') return await reply.redirect('/refund')
      return answer
    })
  }
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => await server.close())
  const platform = new HttpPlatform(address, { token: 'p', timeoutMs: 300 })
  t.strictSame(await platform.reserve('k', msisdn, 5), { ok: true })
  t.strictSame(await platform.capture('k'), { ok: true })
  t.strictSame(await platform.reserve('n', 'nobody', 5), { ok: false, reason: 'no-account' })
  t.equal(calls[0], 'reserve k Bearer p')
  for (const kind of ['error', 'silent', 'garbage', 'endless', 'elsewhere'] as const) {
    fault = kind
    t.equal(await isUnanswered(platform), true, kind)
  }
  t.equal(await isUnanswered(new HttpPlatform('http://127.0.0.1:1')), true, 'nobody listens')
  t.throws(() => new HttpPlatform('ftp://x'), /not a web address/)
  fault = 'none'
  const remote = openShop(':memory:', { platform: () => platform })
  remote.purchases.submit('o', msisdn, 'refuel')
  t.match(await remote.purchases.run('o'), { state: 'ACTIVE' })
  t.equal(shop.account().taken, 1000)
})
