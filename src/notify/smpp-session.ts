/** One connection to an SMSC, bound as transceiver: kept alive, opened again when it is lost, each request with a time
 * limit. SMPP Protocol Specification 3.4. The package `smpp` encodes and decodes. */

import smpp from 'smpp'

type Pdu = smpp.Pdu
type Session = smpp.Session

export interface SmppLogin {
  /** `smpp://host:2775`, `ssmpp://` over TLS */
  url: string
  systemId: string
  password: string
  systemType: string
}

export interface SmppTimes {
  connectMs: number
  /** from a request to its response (SMPP 3.4 section 7.2, response_timer) */
  responseMs: number
  /** between two enquire_link (enquire_link_timer) */
  enquireMs: number
  /** the first wait before another connection; doubled each time */
  reconnectMs: number
  reconnectMostMs: number
}

export const defaultTimes: SmppTimes = {
  connectMs: 10_000,
  responseMs: 10_000,
  enquireMs: 30_000,
  reconnectMs: 1000,
  reconnectMostMs: 60_000,
}

/** Name of a command_status (SMPP 3.4 section 5.1.3): `ESME_RTHROTTLED`. */
export function statusName(status: number): string {
  const found = Object.entries(smpp.errors).find(([, value]) => value === status)
  return found?.[0] ?? `command_status 0x${status.toString(16)}`
}

/** A request that got no answer: it may have arrived. */
export class NoResponse extends Error {}

/** A request that was not sent. */
export class NotBound extends Error {}

export class SmppSession {
  #session: Session | undefined
  #binding: Promise<Session> | undefined
  #enquire: NodeJS.Timeout | undefined
  #failures = 0
  /** not before: monotonic milliseconds */
  #retryAt = 0
  #lastError = ''
  #isClosed = false
  readonly #login: SmppLogin
  readonly #times: SmppTimes
  readonly #delivered: (pdu: Pdu) => void
  readonly #lost = new Set<(error: Error) => void>()

  constructor(login: SmppLogin, times: SmppTimes, delivered: (pdu: Pdu) => void) {
    this.#login = login
    this.#times = times
    this.#delivered = delivered
  }

  /** Connects unless it is connected. Rejects with NotBound: at once while it waits after a failure. */
  async bound(): Promise<Session> {
    if (this.#session !== undefined) return this.#session
    if (this.#isClosed) throw new NotBound('closed')
    if (this.#binding === undefined && performance.now() < this.#retryAt) {
      throw new NotBound(this.#lastError)
    }
    this.#binding ??= this.#open().finally(() => {
      this.#binding = undefined
    })
    return await this.#binding
  }

  /** Rejects with NotBound when nothing was sent, with NoResponse when no response came. */
  async submit(fields: object): Promise<Pdu> {
    const session = await this.bound()
    return await this.#ask((answered: (pdu: Pdu) => void) => session.submit_sm(fields, answered))
  }

  /** Unbinds; resolves when the connection is closed, by force where the SMSC does not answer. */
  async close(): Promise<void> {
    this.#isClosed = true
    const session = this.#session ?? (await this.#binding?.catch(() => undefined))
    this.#drop()
    if (session === undefined) return
    await this.#ask(answered => session.unbind({}, answered)).catch(() => undefined)
    session.destroy()
  }

  async #open(): Promise<Session> {
    const { url, systemId, password, systemType } = this.#login
    const session = smpp.connect({ url })
    const connected = new Promise<void>((resolve, reject) => {
      session.once('connect', resolve)
      session.once('secureConnect', resolve)
      session.once('close', () => reject(new NotBound(`${url}: connection closed`)))
      // one listener for the connection's whole life: an error without one would end the process
      session.on('error', (error: Error) => {
        reject(new NotBound(`${url}: ${error.message}`))
        session.destroy()
      })
    })
    try {
      await within(connected, this.#times.connectMs, () => new NotBound(`${url}: no connection`))
      const fields = {
        system_id: systemId,
        password,
        system_type: systemType,
        interface_version: 0x34,
      }
      const answer = await this.#ask(
        answered => session.bind_transceiver(fields, answered),
        session,
      )
      if (answer.command_status !== 0) {
        throw new NotBound(`${url}: bind refused: ${statusName(answer.command_status)}`)
      }
    } catch (error) {
      session.destroy()
      throw this.#failed(error)
    }
    this.#use(session)
    return session
  }

  #failed(error: unknown): NotBound {
    const message = error instanceof Error ? error.message : String(error)
    const { reconnectMs, reconnectMostMs } = this.#times
    const waitMs = Math.min(reconnectMs * 2 ** this.#failures++, reconnectMostMs)
    this.#retryAt = performance.now() + waitMs
    this.#lastError = message
    return new NotBound(message)
  }

  #use(session: Session): void {
    this.#session = session
    this.#failures = 0
    session.on('close', () => {
      this.#lastError = `${this.#login.url}: connection lost`
      if (this.#session === session) this.#drop()
    })
    session.on('deliver_sm', (pdu: Pdu) => {
      session.send(pdu.response())
      this.#delivered(pdu)
    })
    session.on('enquire_link', (pdu: Pdu) => session.send(pdu.response()))
    session.on('unbind', (pdu: Pdu) => {
      session.send(pdu.response())
      session.close()
    })
    this.#enquire = setInterval(() => {
      this.#ask(answered => session.enquire_link({}, answered)).catch(() => session.destroy())
    }, this.#times.enquireMs)
    this.#enquire.unref()
  }

  #drop(): void {
    clearInterval(this.#enquire)
    this.#session = undefined
    for (const reject of this.#lost) reject(new NoResponse('the connection was lost'))
  }

  async #ask(send: (answered: (pdu: Pdu) => void) => boolean, opening?: Session): Promise<Pdu> {
    let forget = (): void => undefined
    const answer = new Promise<Pdu>((resolve, reject) => {
      this.#lost.add(reject)
      forget = () => this.#lost.delete(reject)
      opening?.once('close', () => reject(new NotBound('connection closed before the bind')))
      if (!send(resolve)) reject(new NotBound('the connection is not writable'))
    })
    try {
      return await within(answer, this.#times.responseMs, () => new NoResponse('no response'))
    } finally {
      forget()
    }
  }
}

async function within<T>(promise: Promise<T>, ms: number, error: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(error()), ms)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}
