/** Damaged texts that people write: rule files, case files, scenarios, filters. Each is read, or refused
 * with its places and reasons; none ends in another exception, and none takes long. */

import { readdirSync, readFileSync } from 'node:fs'
import { frameFields } from '../../src/inspect/frame-fields.js'
import { recordFields } from '../../src/record/filter/all.js'
import { compileFilter } from '../../src/record/filter/evaluate.js'
import type { FieldSet } from '../../src/record/filter/field.js'
import { parseFilter } from '../../src/record/filter/parser.js'
import { printFilter } from '../../src/record/filter/print.js'
import { filterErrorLines } from '../../src/record/filter/report.js'
import { parseCases } from '../../src/rules/cases.js'
import { checkReading, lintRecord } from '../../src/rules/check.js'
import { RuleEngine } from '../../src/rules/engine.js'
import { SourceText } from '../../src/rules/import/source-text.js'
import { importRules } from '../../src/rules/import-rules.js'
import { readRuleSet } from '../../src/rules/parse.js'
import { problemMessage, RuleError } from '../../src/rules/rule-error.js'
import { ScenarioError } from '../../src/synth/scenario-error.js'
import { synthesise } from '../../src/synth/synthesise.js'
import { article, root, run } from '../helpers/run.js'
import {
  dialectOf,
  type Fixture,
  fixtures,
  fixtureTexts,
  optionsOf,
} from '../importers/imported.js'
import type { Material } from './material.js'
import { mutateText } from './mutate-text.js'
import { printable } from './printable.js'
import { Finding, type Input, only, piece, type Target } from './target.js'
import { WalledSource } from './walled.js'

const text = (input: Input) => Buffer.from(only(input)).toString('utf8')

function textTarget(
  name: string,
  weight: number,
  examples: readonly string[],
  check: (content: string) => void | Promise<void>,
): Target {
  return {
    name,
    weight,
    make: random => piece(Buffer.from(mutateText(examples, random))),
    check: input => check(text(input)),
  }
}

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(`${root}/${folder}`)
    .filter(name => name.endsWith(ending))
    .map(name => readFileSync(`${root}/${folder}/${name}`, 'utf8'))
}

/** What reads is checked, and rates a small capture. */
function rules(frames: Input): (content: string) => Promise<void> {
  return async content => {
    const reading = readRuleSet('fuzz', [{ file: 'fuzz.yaml', text: content }])
    for (const problem of reading.problems) {
      problemMessage(problem)
      printable(problem.excerpt)
    }
    if (reading.set === undefined) {
      if (reading.problems.length === 0) throw new Finding('neither rules nor a problem')
      return
    }
    for (const finding of checkReading(reading).findings) JSON.stringify(lintRecord(finding))
    await run(new WalledSource(frames, 0, 4096), { engine: new RuleEngine(reading.set, article) })
  }
}

function cases(content: string): void {
  try {
    parseCases('fuzz.cases.yaml', content)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
  }
}

function scenario(content: string): void {
  try {
    synthesise(content, 'fuzz.yaml', () => undefined)
  } catch (error) {
    if (!(error instanceof ScenarioError)) throw error
  }
}

const rows = [
  {
    type: 'flow',
    schema: 'tollgate.flow/1',
    flow: '12',
    imsi: '460010000000001',
    server: '10.0.0.172',
    server_port: 80,
    up_bytes: 4096,
    start: '2015-01-01T00:00:00.000000Z',
    end: '2015-01-01T00:00:09.500000Z',
    contexts: [{ apn: '3gwap' }],
    verdict: 'FREE',
  },
  {
    type: 'frame',
    frame: 3,
    ts: '2015-01-01T00:00:00.000000Z',
    len: 90,
    layers: ['eth', 'ip', 'udp', 'dns'],
    fields: { 'ip.src': ['10.0.0.1'], 'dns.qry.name': ['a.test'], 'udp.srcport': [53] },
  },
]

/** A filter that reads prints itself, and what it prints is the same filter. */
function filter(fields: FieldSet): (content: string) => void {
  return content => {
    const parsed = parseFilter(content, fields)
    if (!parsed.ok) {
      for (const line of filterErrorLines(content, parsed.error)) printable(line)
      return
    }
    const test = compileFilter(parsed.filter, fields)
    const answers = rows.map(row => test(row))
    const again = parseFilter(printFilter(parsed.filter), fields)
    if (!again.ok) throw new Finding(`${printFilter(parsed.filter)} does not read`)
    const test2 = compileFilter(again.filter, fields)
    if (rows.some((row, i) => test2(row) !== answers[i])) {
      throw new Finding(`${printFilter(parsed.filter)} is another filter`)
    }
  }
}

const filters = [
  'verdict == FREE and up_bytes > 4kB',
  'server_port in {80, 8080..8090} or not (imsi contains "46001")',
  'url matches "^http://[a-z.]+/(x|y)*$" && start >= 2015-01-01T00:00:00Z',
  'server == 10.0.0.0/8 || teid == 0xf0000001',
  'dns.qry.name contains "test" and ip.addr == 10.0.0.0/8',
  'frame.number <= 12 and !tcp and udp.port == 53',
  'mmsc "two words" -x',
]

/** A configuration in a dialect: what is imported loads, what is not is refused with its place. */
function importTarget(fixture: Fixture): Target {
  const [own, ...others] = fixtureTexts(fixture)
  const examples = own ? [own.text] : []
  return textTarget(`text/import-${fixture.dialect}`, 1, examples, content => {
    const texts = [new SourceText('fuzz', content), ...others]
    try {
      const { left, total, represented } = importRules(
        dialectOf(fixture.dialect),
        texts,
        optionsOf(fixture),
      )
      if (represented !== total - left.length) throw new Finding('the account is wrong')
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      for (const problem of error.problems) {
        problemMessage(problem)
        printable(problem.excerpt)
      }
    }
  })
}

export function textTargets({ captures }: Material): Target[] {
  const small = captures.find(one => one.name === 'http-x-online-host.pcap')
  const ruleFiles = filesOf('rules', '.yaml')
  return [
    textTarget('text/rules', 4, ruleFiles, rules(small?.frames ?? [])),
    textTarget('text/cases', 1, filesOf('rules', '.cases.yaml'), cases),
    textTarget('text/scenario', 3, filesOf('captures/scenarios', '.yaml'), scenario),
    textTarget('text/filter', 1, filters, filter(recordFields)),
    textTarget('text/frame-filter', 1, filters, filter(frameFields)),
    ...fixtures.map(importTarget),
  ]
}
