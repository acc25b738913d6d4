/** Case files: what a rule set must decide, written beside it as `<set>.cases.yaml` and run by the tests and
 * by `rules test`. A case gives facts of a flow and of a request, and wants one line:
 * `L1-3 wapgw/1 168165378 free`, `L1-6 4261871614 charged`, `default 4294967294 charged`, `unmatched`.
 * A matrix crosses ports with requests, one such line a cell. */

import { z } from 'zod'
import { apps } from '../record/flow-record.js'
import { formatAddress, parseAddress } from './address.js'
import type { Decision, RuleEngine } from './engine.js'
import { explain } from './explain.js'
import { reportForm } from './form-issues.js'
import { protocolNumber } from './protocol-number.js'
import { RuleError } from './rule-error.js'
import type { AppFacts, FlowFacts } from './rule-facts.js'
import { rowLabel, ruleLabel } from './rule-set.js'
import { requestUrl } from './url.js'
import { isOpaque, knownPort, requestOf, visibleFacts } from './visible.js'
import { YamlSource } from './yaml-source.js'

const text = z.string().min(1)
const port = z.int().min(0).max(65535)

const caseShape = z.strictObject({
  note: text,
  server: text,
  port,
  protocol: z.union([text, z.int()]).optional(),
  apn: text.optional(),
  rat: text.optional(),
  ue: text.optional(),
  roaming: z.boolean().optional(),
  app: z.enum(apps).optional(),
  url: text.optional(),
  sni: text.optional(),
  /** an HTTP request as its message has it, from which the URL is found */
  request: z
    .strictObject({
      method: text,
      target: z.string(),
      host: z.string().optional(),
      xOnlineHost: z.string().optional(),
    })
    .optional(),
  want: text,
})

const matrixShape = z.strictObject({
  note: text,
  server: text,
  /** null: nothing readable */
  urls: z.array(z.union([text, z.null()])).min(1),
  ports: z.record(z.string().regex(/^\d{1,5}$/), z.array(text)),
})

const fileShape = z.strictObject({
  rules: text,
  cases: z.array(caseShape).optional(),
  matrix: z.array(matrixShape).optional(),
})

export type RuleCase = z.infer<typeof caseShape>

export interface CaseFile {
  /** the rule set, relative to the case file */
  readonly rules: string
  readonly cases: readonly RuleCase[]
}

export interface CaseResult {
  readonly note: string
  readonly ok: boolean
  readonly want: string
  readonly got: string
}

function cellsOf(matrix: z.infer<typeof matrixShape>): RuleCase[] {
  return Object.entries(matrix.ports).flatMap(([port, wants]) =>
    matrix.urls.map((url, i) => ({
      note: `${matrix.note}: port ${port}, ${url ?? 'no URL'}`,
      server: matrix.server,
      port: Number(port),
      ...(url === null ? {} : { url }),
      want: wants[i] ?? '(no cell)',
    })),
  )
}

/** Throws a `RuleError` that holds all problems. */
export function parseCases(file: string, content: string): CaseFile {
  const source = new YamlSource(file, content)
  const form = fileShape.safeParse(source.value)
  if (!form.success && source.problems.length === 0) {
    const known = [fileShape, caseShape, matrixShape].flatMap(shape => Object.keys(shape.shape))
    reportForm(source, [], source.value, form.error.issues, known)
  }
  for (const [i, { urls, ports }] of (form.data?.matrix ?? []).entries())
    for (const [port, wants] of Object.entries(ports))
      if (wants.length !== urls.length) {
        const wrong = `${wants.length} cells for ${urls.length} URLs`
        source.refuse(['matrix', i, 'ports', port], 'value', 'BAD-VALUE', wrong)
      }
  const [first, ...rest] = source.problems
  if (first) throw new RuleError([first, ...rest])
  const { rules = '', cases = [], matrix = [] } = form.data ?? {}
  return { rules, cases: [...matrix.flatMap(cellsOf), ...cases] }
}

function flowOf(one: RuleCase): FlowFacts | undefined {
  const server = parseAddress(one.server)
  const ue = one.ue === undefined ? undefined : parseAddress(one.ue)
  const protocol =
    one.protocol === undefined ? knownPort(one.port)?.protocol : protocolNumber(one.protocol)
  if (!server || protocol === undefined) return undefined
  return {
    server,
    protocol,
    port: one.port,
    ...(ue ? { ue } : {}),
    ...(one.apn === undefined ? {} : { apn: one.apn }),
    ...(one.rat === undefined ? {} : { rat: one.rat }),
    ...(one.roaming === undefined ? {} : { roaming: one.roaming }),
  }
}

function appOf(engine: RuleEngine, one: RuleCase, flow: FlowFacts): AppFacts | undefined {
  const app = one.app ?? knownPort(one.port, flow.protocol)?.app ?? 'other'
  if (one.request) {
    const { method, target, host, xOnlineHost } = one.request
    const found = requestUrl({
      method,
      target,
      host,
      xOnlineHost,
      serverText: formatAddress(flow.server),
      isProxyHost: name => engine.isProxyHost(name),
    })
    const { url, path, source } = found
    return { app: 'http', method, url, host: found.host, path, urlSource: source }
  }
  const known = {
    ...(one.url === undefined ? {} : requestOf(one.url)),
    ...(one.sni === undefined ? {} : { sni: one.sni }),
  }
  return isOpaque(app) || Object.keys(known).length > 0 ? visibleFacts(app, known) : undefined
}

/** The engine's answer as one line, in the words of a case's `want`. */
function answer(engine: RuleEngine, { l1, row, charge }: Decision): string {
  const { set } = engine
  const rule = set.level1[l1]
  const tableRow = set.rows[row]
  const own = engine.charges[charge]
  if (!own) return 'unmatched'
  const level1 = rule ? ruleLabel(rule) : 'default'
  const level2 = tableRow ? ` ${rowLabel(set, tableRow)}` : ''
  return `${level1}${level2} ${own.id} ${own.tariff}`
}

/** Runs the cases. A case also fails when the explanation decides otherwise than the engine. */
export function runCases(engine: RuleEngine, cases: readonly RuleCase[]): CaseResult[] {
  return cases.map(one => {
    const flow = flowOf(one)
    const { note, want } = one
    if (!flow) return { note, ok: false, want, got: 'no such server, UE address or protocol' }
    const app = appOf(engine, one, flow)
    const decision = engine.decide(flow, app)
    const told = explain(engine, flow, app)
    const fields = engine.chargeFields(decision.l1, decision.row)
    const same = told.rule_id === fields.rule_id && told.level2 === fields.level2
    const line = answer(engine, decision)
    const got = same ? line : `${line}, explained as ${told.rule_id}`
    return { note, ok: got === want, want, got }
  })
}
