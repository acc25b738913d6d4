/** Notices posted to a URL, signed: `Tollgate-Signature: t=SECONDS,v1=HEX`, HMAC-SHA256 (RFC 2104) with the shared
 * secret over `SECONDS.BODY`, so that a receiver can tell who sent it and when. `Idempotency-Key` is the same
 * for each try. */

import { createHmac } from 'node:crypto'
import { noticeBody } from './file-channel.js'
import type { Channel, Notice, Outcome } from './notice.js'

export interface WebhookSettings {
  url: string
  secret: string
  timeoutMs: number
}

export function signature(secret: string, seconds: number, body: string): string {
  const mac = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')
  return `t=${seconds},v1=${mac}`
}

/** Answers that may be another tomorrow (RFC 9110 section 15; 429 of RFC 6585). */
function isTemporary(status: number): boolean {
  return status >= 500 || status === 408 || status === 425 || status === 429
}

export class WebhookChannel implements Channel {
  readonly name = 'webhook'
  readonly #settings: WebhookSettings
  readonly #nowMs: () => number

  constructor(settings: WebhookSettings, nowMs: () => number = Date.now) {
    this.#settings = settings
    this.#nowMs = nowMs
  }

  async send(notice: Notice): Promise<Outcome> {
    const { url, secret, timeoutMs } = this.#settings
    const body = JSON.stringify(noticeBody(notice))
    const seconds = Math.floor(this.#nowMs() / 1000)
    try {
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json',
          'tollgate-signature': signature(secret, seconds, body),
          'idempotency-key': `${notice.caseId}-${notice.id}`,
        },
        // a redirect could lead a subscriber's number anywhere
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      })
      await answer.body?.cancel()
      if (answer.ok) return { kind: 'accepted', messageId: `webhook-${notice.id}` }
      const reason = `${url}: HTTP ${answer.status}`
      return { kind: isTemporary(answer.status) ? 'later' : 'refused', reason }
    } catch (error) {
      // the receiver knows a repetition by its key
      const cause = error instanceof Error ? (error.cause ?? error) : error
      return { kind: 'later', reason: `${url}: ${cause instanceof Error ? cause.message : cause}` }
    }
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}
