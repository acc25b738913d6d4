/** `tollgate products serve`: the HTTP interface of traffic products on a server of its own, on loopback, and meanwhile
 * goes on with orders that wait. `--openapi`: prints the document and ends. */

import { randomBytes } from 'node:crypto'
import fastify, { type FastifyInstance } from 'fastify'
import { bodyLimit, productApi } from '../products/api.js'
import { openApiDocument } from '../products/open-api.js'
import type { Shop } from '../products/shop.js'
import { plainText, terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure, usageFailure } from './fail.js'
import { withStore } from './product-store.js'
import { version } from './version.js'

const defaultPort = 9466
const recoverMs = 1000

export async function productsServe(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  if (options.openapi) {
    terminal.out.line(JSON.stringify(openApiDocument(version()), null, 2))
    return exitCode.done
  }
  const { host, port } = listenAddress(options.listen)
  const endMs = durationOf(options.autostop)
  return await withStore('products serve', options, async shop => {
    const known = process.env.TOLLGATE_API_TOKEN ?? ''
    const token = known === '' ? randomBytes(24).toString('base64url') : known
    const tell = (text: string) => terminal.talk(`tollgate: ${plainText(text)}`)
    const app = fastify({ logger: false, bodyLimit, forceCloseConnections: true })
    const onError = (error: unknown) =>
      tell(`request failed: ${error instanceof Error ? error.message : String(error)}`)
    await app.register(productApi({ shop, version: version(), token, onError }))
    const address = await listen(app, host, port)
    terminal.out.line(`listening on ${address}`)
    terminal.out.flush()
    if (known === '') tell(`token ${token} (TOLLGATE_API_TOKEN to choose it)`)
    await serveUntilStopped(shop, endMs, onError)
    await app.close()
    return exitCode.done
  })
}

/** SIGINT, SIGTERM, or the time of `--autostop`. */
async function serveUntilStopped(
  shop: Shop,
  endMs: number | undefined,
  onError: (error: unknown) => void,
): Promise<void> {
  let running: Promise<unknown> = Promise.resolve()
  let isBusy = false
  const recover = async () => {
    if (isBusy) return
    isBusy = true
    try {
      await shop.purchases.recover()
    } catch (error) {
      onError(error)
    } finally {
      isBusy = false
    }
  }
  const timer = setInterval(() => {
    if (!isBusy) running = recover()
  }, recoverMs)
  await new Promise<void>(resolve => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
    if (endMs !== undefined) setTimeout(() => resolve(), endMs)
  })
  clearInterval(timer)
  await running
}

async function listen(app: FastifyInstance, host: string, port: number): Promise<string> {
  try {
    return await app.listen({ host, port })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const why = error.code === 'EADDRINUSE' ? 'in use' : plainText(error.message)
    throw new Failure(exitCode.permission, `${host}:${port}: ${why}`, { hint: '--listen 0' })
  }
}

/** A port, or a loopback address and a port: whoever can reach the interface can spend money. */
function listenAddress(text = String(defaultPort)): { host: string; port: number } {
  const [, host = '127.0.0.1', digits = ''] =
    /^(?:(127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\]|localhost):)?(\d{1,5})$/.exec(text) ?? []
  const port = Number(digits)
  if (digits !== '' && port <= 65_535) return { host: host.replace(/^\[|\]$/g, ''), port }
  throw usageFailure(
    `--listen: "${terminalText(text)}" is no port of this machine's loopback`,
    `127.0.0.1:${defaultPort}`,
  )
}

function durationOf(bounds: readonly string[]): number | undefined {
  const [bound] = bounds
  if (bound === undefined) return undefined
  const [, seconds = ''] = /^duration:(\d{1,6})$/.exec(bound) ?? []
  if (seconds === '') throw usageFailure(`--autostop: "${terminalText(bound)}"`, 'duration:10')
  return Number(seconds) * 1000
}
