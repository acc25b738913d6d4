/** The charging platform over HTTP: POST /reserve, /capture and /refund with JSON, the key in Idempotency-Key too. 200
 * {"ok":true} or {"ok":false,"reason":...}. Anything else, and no answer in time, is no answer: the call is made
 * again. */

import { z } from 'zod'
import {
  type ChargingPlatform,
  type PlatformAnswer,
  PlatformUnreachable,
} from './charging-platform.js'

const answerShape = z.union([
  z.object({ ok: z.literal(true) }),
  z.object({
    ok: z.literal(false),
    reason: z.enum(['no-account', 'insufficient-funds', 'not-reserved', 'cancelled', 'conflict']),
  }),
])

interface CallBody {
  key: string
  account?: string
  amount?: number
}

export interface HttpPlatformOptions {
  /** sent as a bearer token */
  readonly token?: string
  /** for one call (default 5 s) */
  readonly timeoutMs?: number
}

const defaultTimeoutMs = 5000
const longestAnswer = 4096

export class HttpPlatform implements ChargingPlatform {
  readonly #base: URL
  readonly #options: HttpPlatformOptions

  /** Throws a TypeError when `base` is no http or https URL. */
  constructor(base: string, options: HttpPlatformOptions = {}) {
    this.#base = new URL(base.endsWith('/') ? base : `${base}/`)
    if (!/^https?:$/.test(this.#base.protocol)) throw new TypeError(`not a web address: ${base}`)
    this.#options = options
  }

  async reserve(key: string, account: string, amount: number): Promise<PlatformAnswer> {
    return await this.#call('reserve', { key, account, amount })
  }

  async capture(key: string): Promise<PlatformAnswer> {
    return await this.#call('capture', { key })
  }

  async refund(key: string): Promise<PlatformAnswer> {
    return await this.#call('refund', { key })
  }

  async #call(name: string, body: CallBody): Promise<PlatformAnswer> {
    const { token, timeoutMs = defaultTimeoutMs } = this.#options
    try {
      const response = await fetch(new URL(name, this.#base), {
        method: 'POST',
        redirect: 'error',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': body.key,
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(timeoutMs),
      })
      const text = await boundedText(response)
      if (response.status !== 200) throw new PlatformUnreachable(`${name}: ${response.status}`)
      const answer = answerShape.safeParse(JSON.parse(text))
      if (!answer.success) throw new PlatformUnreachable(`${name}: answer not understood`)
      return answer.data
    } catch (error) {
      if (error instanceof PlatformUnreachable) throw error
      // whatever went wrong on the way, its effect is not known
      throw new PlatformUnreachable(
        `${name}: ${error instanceof Error ? error.message : 'no answer'}`,
      )
    }
  }
}

async function boundedText(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true })
    if (text.length > longestAnswer) throw new PlatformUnreachable('answer too long')
  }
  return text
}
