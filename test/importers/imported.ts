/** The fixtures of the dialects, each written for this project from the dialect's grammar, and how they are imported. */

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Tariff } from '../../src/record/flow-record.js'
import { dialects } from '../../src/rules/import/all.js'
import type { Dialect, ImportOptions } from '../../src/rules/import/dialect.js'
import { SourceText, sourceText } from '../../src/rules/import/source-text.js'
import { type ImportResult, importRules } from '../../src/rules/import-rules.js'
import { RuleError } from '../../src/rules/rule-error.js'

export const fixtureFolder = fileURLToPath(
  new URL('../../../test/importers/fixtures/', import.meta.url),
)

export interface Fixture {
  readonly dialect: string
  readonly files: readonly [string, ...string[]]
  readonly select?: string
  readonly links?: readonly (readonly [string, string])[]
}

export const fixtures: readonly Fixture[] = [
  { dialect: 'staros', files: ['staros.cfg'] },
  {
    dialect: 'huawei-ugw',
    files: ['huawei-ugw.txt'],
    select: 'up-cmwap',
    links: [['cg-wap', 'lg-wap']],
  },
  { dialect: 'huawei-udg', files: ['huawei-udg.mml'] },
  { dialect: 'zte', files: ['zte.mml'] },
  { dialect: 'sheet', files: ['sheet.csv'] },
  { dialect: 'ts29512', files: ['ts29512.json', 'ts29512.pfds.json'] },
  { dialect: 'ipfilter', files: ['ipfilter.txt'] },
  { dialect: 'pfd', files: ['pfd.json'] },
  { dialect: 'open5gs', files: ['open5gs.json'] },
  { dialect: 'free5gc', files: ['free5gc.json'] },
]

/** What the cases of the fixtures take the rating groups for. */
const tariffs: readonly (readonly [number, Tariff])[] = [
  [168165379, 'free'],
  [20, 'charged'],
  [3000, 'charged'],
  [3001, 'charged'],
  [4000, 'charged'],
  [4261871614, 'charged'],
]

export function dialectOf(name: string): Dialect {
  const dialect = dialects.find(one => one.name === name)
  if (!dialect) throw new Error(`no dialect ${name}`)
  return dialect
}

export function optionsOf({
  select,
  links = [],
}: Pick<Fixture, 'select' | 'links'> = {}): ImportOptions {
  return { select, tariffs: new Map(tariffs), links: new Map(links), proxies: [] }
}

/** `--tariff` and the like, as a command line has them. */
export function argumentsOf({ dialect, files, select, links = [] }: Fixture): string[] {
  return [
    '--from',
    dialect,
    ...files.map(file => `${fixtureFolder}${file}`),
    '--tariff',
    tariffs.map(([id, tariff]) => `${id}=${tariff}`).join(','),
    ...(select === undefined ? [] : ['--select', select]),
    ...links.flatMap(([group, table]) => ['--link', `${group}=${table}`]),
  ]
}

export function fixtureTexts({ files }: Fixture): SourceText[] {
  return files.map(file => sourceText(file, readFileSync(`${fixtureFolder}${file}`)))
}

export function imported(fixture: Fixture): ImportResult {
  return importRules(dialectOf(fixture.dialect), fixtureTexts(fixture), optionsOf(fixture))
}

/** One text in a dialect. */
export function importText(dialect: string, text: string, select?: string): ImportResult {
  const options = optionsOf(select === undefined ? {} : { select })
  return importRules(dialectOf(dialect), [new SourceText('x', text)], options)
}

/** `x:3:5: message` of the refusal; undefined when there was none. Anything but a RuleError is thrown on. */
export function refusalOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return error.message
  }
}

/** `line: why` of what was left out. */
export function leftOf({ left }: ImportResult): string[] {
  return left.map(({ line, why }) => `${line}: ${why}`)
}
