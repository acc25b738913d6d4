/** An operator's sheet of services, as CSV: change, service id, service name, server address, protocol, ports, URL. Read
 * importers.md section 3 first: an empty address means the WAP gateway 10.0.0.172, lists are separated by `|`, ranges by
 * `-`. Rows that look at the URL are tried before those that do not. RFC 4180 for the form. */

import { CsvError, parse } from 'csv-parse/sync'
import { parsePrefix } from '../address.js'
import { protocolNumber } from '../protocol-number.js'
import type { PayloadMatch } from '../rule-draft.js'
import type { Dialect } from './dialect.js'
import { type FlowTerm, flowMatch, isEmpty, portProtocols } from './flow-term.js'
import { LineLedger } from './line-ledger.js'
import { withoutScheme } from './payload-term.js'
import { portsOfList } from './port-range.js'
import type { SetBuilder } from './set-builder.js'
import type { SourceText } from './source-text.js'

const WAP_GATEWAY = '10.0.0.172/32'
const STEP = 10
/** Rows without a URL are behind all rows with one. */
const PLAIN_FROM = 1_000_000

/** Heads of columns, in lower case and without blanks and brackets. */
const columnHeads = {
  change: [
    'change',
    'action',
    'operation',
    '变更',
    '变更类型',
    '操作',
    '操作类型',
    '增加/删除',
    '增/删',
  ],
  service: [
    'serviceid',
    'service',
    'id',
    'contentid',
    '业务id',
    '业务代码',
    '业务标识',
    '业务编号',
    '内容计费id',
  ],
  name: ['servicename', 'name', '业务名称', '业务名', '名称'],
  ip: ['l3ip', 'ip', 'serverip', 'address', 'ip地址', '三层ip', '三层地址', 'l3地址', '服务器ip'],
  protocol: ['protocol', 'l4protocol', '协议', '四层协议', '协议类型'],
  ports: ['l4ports', 'l4port', 'ports', 'port', '端口', '四层端口', 'l4端口', '端口号'],
  url: ['l7url', 'url', '七层url', 'l7', '七层', 'url地址'],
} as const
type Column = keyof typeof columnHeads

interface Row {
  readonly cells: Readonly<Partial<Record<Column, string>>>
  readonly line: number
  readonly lastLine: number
}

function separatorOf(text: string): string {
  const head = text.slice(0, 4096).split(/[\r\n]/)[0] ?? ''
  const count = (mark: string) => head.split(mark).length
  return ['\t', ';'].find(mark => count(mark) > count(',')) ?? ','
}

interface Parsed {
  record: string[]
  info: { lines: number }
}

/** Records with their lines. Throws a `RuleError` where a quote does not end. */
function recordsOf(source: SourceText): { cells: string[]; line: number; lastLine: number }[] {
  try {
    const parsed: unknown = parse(source.text, {
      info: true,
      delimiter: separatorOf(source.text),
      relax_column_count: true,
      skip_empty_lines: false,
    })
    let line = 1
    return (parsed as Parsed[]).map(({ record, info }) => {
      const inner = record.reduce((sum, cell) => sum + cell.split(/\r\n|\r|\n/).length - 1, 0)
      const lastLine = info.lines
      line = Math.max(1, lastLine - inner)
      return { cells: record, line, lastLine }
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const lines = Number(Reflect.get(error, 'lines') ?? 1)
    const place = source.at(Math.min(Math.max(1, lines), source.lineCount))
    throw source.error(
      source.offsetOf(place),
      1,
      'SYNTAX',
      error.message.replace(/ at line \d+.*$/, ''),
    )
  }
}

function columnsOf(head: readonly string[], source: SourceText): Map<Column, number> {
  const plain = head.map(cell => cell.toLowerCase().replace(/[\s()（）_]/g, ''))
  const columns = new Map<Column, number>()
  for (const column of Object.keys(columnHeads) as Column[]) {
    const names: readonly string[] = columnHeads[column]
    const at = plain.findIndex(
      (cell, i) => names.includes(cell) && ![...columns.values()].includes(i),
    )
    if (at >= 0) columns.set(column, at)
  }
  if (columns.has('service') && (columns.has('ip') || columns.has('url'))) return columns
  const wanted = 'service id, L3 IP, protocol, L4 ports, L7 URL'
  throw source.error(
    0,
    1,
    'BAD-VALUE',
    'the first line has no heads of columns that are known',
    wanted,
  )
}

/** `tcp`, `TCP|UDP`, `any`. */
function protocolsOf(text: string): number[] | undefined | string {
  const words = text.split(/[|/,+]/).map(word => word.trim().toLowerCase())
  const named = words.filter(word => !['', 'any', 'ip', 'all', '*'].includes(word))
  if (named.length === 0) return undefined
  const numbers = named.map(word => protocolNumber(word))
  const bad = named[numbers.indexOf(undefined)]
  return bad === undefined ? numbers.flatMap(number => number ?? []) : `unknown protocol "${bad}"`
}

function flowOf({ cells }: Row): FlowTerm | string {
  const addresses = (cells.ip ?? '').split(/[|; ]/).map(text => text.trim())
  const named = addresses.filter(text => text !== '')
  const prefixes = (named.length === 0 ? [WAP_GATEWAY] : named).map(text => parsePrefix(text))
  const server = prefixes.flatMap(prefix => ('kind' in prefix ? [] : [prefix]))
  if (server.length < prefixes.length) return `"${cells.ip}" is not a list of addresses`
  const protocol = protocolsOf(cells.protocol ?? '')
  if (typeof protocol === 'string') return protocol
  const port = portsOfList(cells.ports ?? '', /[|;]/)
  if (!port) return `"${cells.ports}" is not a list of ports`
  if (port.length === 0) return { server, protocol }
  return { server, protocol: protocol ?? portProtocols, port }
}

/** A host alone stands for all its paths. */
function payloadOf(url: string): PayloadMatch {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) return { url }
  return url.includes('/') ? { url: withoutScheme(url) } : { host: url }
}

class SheetImport {
  readonly #source: SourceText
  readonly #set: SetBuilder
  readonly #ledger: LineLedger
  /** rows by what they say, for rows that take them back */
  readonly #rows = new Map<string, Row>()

  constructor(source: SourceText, set: SetBuilder) {
    this.#source = source
    this.#set = set
    this.#ledger = new LineLedger(source, line => /[^\s,;"]/.test(line))
  }

  run(): void {
    const [head, ...records] = recordsOf(this.#source)
    const columns = columnsOf(head?.cells ?? [], this.#source)
    this.#ledger.understood(head?.line ?? 1, head?.lastLine ?? 1)
    for (const { cells, line, lastLine } of records) {
      const named = [...columns].map(([column, at]) => [
        column,
        (cells[at] ?? '').trim().replace(/\s+/g, ' '),
      ])
      this.#collect({ cells: Object.fromEntries(named), line, lastLine })
    }
    let order = 0
    for (const row of this.#rows.values()) this.#row(row, ++order * STEP)
    this.#set.account(this.#ledger.finish())
  }

  #leave({ line, lastLine }: Row, why: string, precedence?: number): void {
    for (let at = line; at <= lastLine; at++) this.#ledger.leave(at, why, precedence)
  }

  #collect(row: Row): void {
    const { change, service, ip, protocol, ports, url } = row.cells
    if ([service, ip, protocol, ports, url].every(cell => !cell)) return
    const key = JSON.stringify([service, ip, protocol, ports, url])
    if (/^(delete|del|remove|删除|删|减)/i.test(change ?? '')) {
      const taken = this.#rows.get(key)
      this.#rows.delete(key)
      if (!taken) {
        this.#leave(row, 'takes back a row that is not in this sheet')
        return
      }
      for (const own of [row, taken]) this.#ledger.understood(own.line, own.lastLine)
    } else if (this.#rows.has(key)) this.#leave(row, 'the same as a row before')
    else this.#rows.set(key, row)
  }

  #row(row: Row, order: number): void {
    const { service = '', name = '', url = '', ip = '' } = row.cells
    const precedence = url === '' ? PLAIN_FROM + order : order
    const flow = flowOf(row)
    if (typeof flow === 'string') {
      this.#leave(row, flow, precedence)
      return
    }
    if (isEmpty(flow)) {
      this.#leave(row, 'ports of a protocol that has none: it never matches')
      return
    }
    if (ip === '') {
      this.#ledger.remark(row.line, `no address: ${WAP_GATEWAY} is meant`)
      this.#set.proxies.add(WAP_GATEWAY.replace('/32', ''))
    }
    if (url !== '')
      this.#ledger.remark(
        row.line,
        'addresses that the gateway learns from DNS for this host have no form here',
      )
    const numeric = /^\d{1,10}$/.test(service)
    const wrong = this.#set.rule({
      precedence,
      name: name === '' ? service : name,
      flows: [flowMatch(flow)],
      payloads: url === '' ? undefined : url.split('|').map(one => payloadOf(one.trim())),
      charge: this.#set.charge({
        id: numeric ? Number(service) : undefined,
        name: numeric ? name : `${service} ${name}`.trim(),
      }),
      origin: this.#source.origin(row.line),
      comment: this.#source.line(row.line),
    })
    if (wrong !== undefined) this.#leave(row, wrong, precedence)
    else this.#ledger.understood(row.line, row.lastLine)
  }
}

export const operatorSheet: Dialect = {
  name: 'sheet',
  doc: "an operator's sheet of services (CSV, also in GBK)",
  profiles: ['ugw'],
  read(texts, set) {
    for (const text of texts) new SheetImport(text, set).run()
  },
}
