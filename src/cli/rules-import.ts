/** `tollgate rules import`: somebody else's charging configuration as a rule file, and an account of every line of
 * it. The exit code is 1 when something was left out. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import type { Tariff } from '../record/flow-record.js'
import { terminalText } from '../record/text.js'
import { parsePrefix } from '../rules/address.js'
import { dialects } from '../rules/import/all.js'
import type { ImportOptions } from '../rules/import/dialect.js'
import { dialectNames } from '../rules/import/dialect-names.js'
import { type SourceText, sourceText } from '../rules/import/source-text.js'
import { type ImportResult, importRules } from '../rules/import-rules.js'
import { RuleError } from '../rules/rule-error.js'
import { placeText } from '../rules/rule-set.js'
import { HIGHEST_ID, tariffs } from '../rules/schema.js'
import { ruleFailure } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import type { Options } from './options.js'
import { writeWhole } from './output/atomic-file.js'
import { objectLine } from './output/json.js'
import type { Terminal } from './terminal.js'
import { counted } from './text/summary-text.js'

export async function rulesImport(call: Invocation): Promise<ExitCode> {
  const { options, terminal, positionals } = call
  const { from, output } = options
  const dialect = dialects.find(({ name }) => name === from)
  if (!dialect) throw usageFailure('rules import needs --from DIALECT', dialectNames.join(', '))
  if (output === undefined) throw usageFailure('rules import needs -o FILE', '-o rules.yaml')
  checkOutput(output, options)
  const wanted = importOptions(options)
  const result = imported(() => importRules(dialect, positionals.map(readSource), wanted))
  if (output === '-') terminal.out.write(result.text)
  else writeWhole(output, result.text)
  if (options.json) reportJson(result, terminal)
  else reportText(result, output, options, terminal)
  return result.left.length > 0 ? exitCode.no : exitCode.done
}

export function checkOutput(output: string, options: Options): void {
  if (output === '-' && options.json)
    throw usageFailure('-o - and --json both write to standard output', '-o rules.yaml')
  if (output !== '-' && existsSync(output) && !options.force)
    throw usageFailure(`${terminalText(output)}: exists`, '--force')
}

/** Runs an import; what is wrong in the source ends the command with its place. */
export function imported<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    throw ruleFailure(error.problems)
  }
}

function readSource(file: string): SourceText {
  try {
    if (statSync(file).isDirectory()) throw usageFailure(`${terminalText(file)}: is a directory`)
    return sourceText(file, readFileSync(file))
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const why = error.code === 'ENOENT' ? 'no such file' : error.message
    throw usageFailure(`${terminalText(file)}: ${why}`)
  }
}

export function importOptions(options: Options): ImportOptions {
  return {
    select: options.select,
    tariffs: tariffTable(options.tariff),
    links: linkTable(options.link),
    proxies: options.proxy.map(text => {
      if ('kind' in parsePrefix(text))
        throw usageFailure(`--proxy: "${terminalText(text)}" is not an address`, '10.0.0.172')
      return text
    }),
  }
}

/** `--tariff 168165379=free`, repeatable and with commas. */
function tariffTable(texts: readonly string[]): ReadonlyMap<number, Tariff> {
  const table = new Map<number, Tariff>()
  for (const text of texts.flatMap(text => text.split(','))) {
    const [, id = '', word = ''] = /^(\d+)=(\w+)$/.exec(text.trim()) ?? []
    const tariff = tariffs.find(one => one === word)
    if (!tariff || Number(id) > HIGHEST_ID)
      throw usageFailure(`--tariff: "${terminalText(text)}" is not ID=TARIFF`, '168165379=free')
    table.set(Number(id), tariff)
  }
  return table
}

/** `--link CATEGORY-GROUP=L7-INFO-GROUP`. */
function linkTable(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    texts.map(text => {
      const [, group = '', table = ''] = /^([^=]+)=(.+)$/.exec(text) ?? []
      if (table === '') throw usageFailure(`--link: "${terminalText(text)}" is not GROUP=L7-GROUP`)
      return [group, table] as const
    }),
  )
}

export function reportText(
  result: ImportResult,
  output: string,
  options: Options,
  terminal: Terminal,
): void {
  const { left, remarks, total, represented, set } = result
  for (const one of left)
    terminal.talk(terminalText(`${placeText(one)}: left out: ${one.why}: ${one.text}`))
  if (options.quiet) return
  for (const one of remarks) terminal.talk(terminalText(`${placeText(one)}: note: ${one.text}`))
  const size = `${counted(set.level1.length, 'level-1 rule')}, ${counted(set.rows.length, 'level-2 row')}`
  const account = `${represented} of ${total} lines or values represented, ${left.length} left out`
  terminal.talk(
    terminalText(`${output}: ${size}, ${counted(set.charges.length, 'charge')}; ${account}`),
  )
}

function reportJson(result: ImportResult, terminal: Terminal): void {
  const { left, remarks, total, represented, set } = result
  for (const one of left) {
    const { text, why, precedence } = one
    const record = {
      type: 'left-out',
      schema: 'tollgate.left-out/1',
      at: placeText(one),
      text,
      why,
    }
    terminal.out.line(objectLine({ ...record, precedence }))
  }
  for (const one of remarks)
    terminal.out.line(
      objectLine({
        type: 'remark',
        schema: 'tollgate.remark/1',
        at: placeText(one),
        text: one.text,
      }),
    )
  terminal.out.line(
    objectLine({
      type: 'summary',
      schema: 'tollgate.import-summary/1',
      dialect: set.source.dialect,
      rules: { name: set.name, version: set.version },
      level1: set.level1.length,
      level2: set.rows.length,
      charges: set.charges.length,
      total,
      represented,
      left_out: left.length,
      remarks: remarks.length,
    }),
  )
}
