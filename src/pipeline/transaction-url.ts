/** The URL of a transaction: what its request said, as Unicode, in the order of rules.md 2.10. */

import type { FlowDetail } from '../flow/flow-detail.js'
import type { FlowTable } from '../flow/flow-table.js'
import { Reason } from '../flow/reason.js'
import type { Transaction } from '../flow/transaction.js'
import type { RuleEngine } from '../rules/engine.js'
import { type RequestParts, type RequestUrl, requestUrl, sniUrl, wspUrl } from '../rules/url.js'
import { FlowAddress } from './flow-address.js'
import { isAscii, packetText } from './packet-text.js'

/** Host names whose being a proxy is remembered: parsing each anew would cost more than the request. */
const maxHostsKept = 10_000

export class TransactionUrls {
  readonly #parts: FlowRequest

  constructor(engine: RuleEngine, table: () => FlowTable) {
    this.#parts = new FlowRequest(engine, table)
  }

  /** Reads the URL of a transaction from what its request said. */
  read(row: number, d: FlowDetail, txn: Transaction): void {
    if (!isAscii(txn.target)) txn.target = readable(txn, txn.target)
    if (!isAscii(txn.hostHeader)) txn.hostHeader = readable(txn, txn.hostHeader)
    if (!isAscii(txn.xOnlineHost)) txn.xOnlineHost = readable(txn, txn.xOnlineHost)
    if (!isAscii(txn.userAgent)) txn.userAgent = readable(txn, txn.userAgent)
    if (!isAscii(txn.uaProfile)) txn.uaProfile = readable(txn, txn.uaProfile)
    const url = this.#urlOf(row, d, txn)
    if (url === undefined) return
    txn.url = url.url
    txn.urlRaw = url.raw
    txn.urlSource = url.source
    txn.host = url.host
    txn.path = url.path
    if (url.conflict.length > 0) {
      txn.conflicts = url.conflict
      txn.reasons |= Reason.UrlConflict
    }
  }

  #urlOf(row: number, d: FlowDetail, txn: Transaction): RequestUrl | undefined {
    if (txn.sni !== '') return sniUrl(packetText(txn.sni).text)
    if (txn.target === '') return undefined
    const parts = this.#parts
    parts.row = row
    parts.port = d.serverPort
    if (d.app !== 'http') return wspUrl(txn.target, txn.hostHeader || undefined, parts.address)
    parts.method = txn.method
    parts.target = txn.target
    parts.host = txn.hostHeader || undefined
    parts.xOnlineHost = txn.xOnlineHost || undefined
    return requestUrl(parts)
  }
}

/** The parts of a request as its URL needs them; reused. The server's address becomes text only when the
 * request names no host. */
class FlowRequest implements RequestParts {
  row = 0
  port = 0
  method = ''
  target = ''
  host: string | undefined = undefined
  xOnlineHost: string | undefined = undefined
  readonly embeddedHttp: boolean
  readonly #engine: RuleEngine
  readonly #table: () => FlowTable
  readonly #server = new FlowAddress()
  readonly #proxyHosts = new Map<string, boolean>()

  constructor(engine: RuleEngine, table: () => FlowTable) {
    this.#engine = engine
    this.#table = table
    this.embeddedHttp = engine.profile.embeddedHttp
  }

  isProxyHost(host: string): boolean {
    // an address begins with a digit or a bracket: names need no parser
    const first = host.charCodeAt(0)
    if ((first < 0x30 || first > 0x39) && first !== 0x5b) return false
    let known = this.#proxyHosts.get(host)
    if (known === undefined) {
      if (this.#proxyHosts.size >= maxHostsKept) this.#proxyHosts.clear()
      known = this.#engine.isProxyHost(host)
      this.#proxyHosts.set(host, known)
    }
    return known
  }

  get address(): string {
    this.#server.set(this.#table(), this.row, true)
    return this.#server.version === 6 ? `[${this.#server.text()}]` : this.#server.text()
  }

  get serverText(): string {
    return this.port === 80 ? this.address : `${this.address}:${this.port}`
  }
}

/** Unicode of a text that was one character an octet. */
function readable(txn: Transaction, latin1: string): string {
  const { text, lossy } = packetText(latin1)
  txn.lossy ||= lossy
  return text
}
