/** The help, made from the tables of commands and options. No line is wider than 80 columns. */

import { wrap } from '../record/text.js'
import { commands } from './all.js'
import type { Command } from './command.js'
import { optionGroups } from './option-spec.js'
import { commonOptions, type OptionName, optionSpec } from './options.js'

const width = 80
const about = 'which charging rule applies to each flow, free or charged, and why'

export function programHelp(): string {
  const names = commands.map(command => [command.name, command.doc] as const)
  return lines(
    `tollgate: ${about}`,
    '',
    'Usage: tollgate COMMAND [options]',
    '       tollgate -r FILE          the same as: tollgate replay FILE',
    '',
    'Commands:',
    ...twoColumns(names),
    '',
    ...optionLines([...commonOptions]),
    'Examples:',
    '  tollgate replay captures/newspaper.pcap --rules rules/newspaper.yaml',
    '  tollgate flows -r captures/newspaper.pcap',
    '  tollgate why --server 10.0.0.172 --port 9203 --url http://mmsc.example/',
    '  tollgate rules check rules/newspaper.yaml',
    '',
    'Help of a command: tollgate COMMAND --help',
  )
}

export function commandHelp(command: Command): string {
  return lines(
    ...wrap(`tollgate ${command.name}: ${command.doc}`, width),
    '',
    `Usage: tollgate ${command.name} ${command.usage}`,
    '',
    ...optionLines([...command.options, ...commonOptions]),
    'Examples:',
    ...command.examples.map(example => `  ${example}`),
  )
}

function lines(...parts: string[]): string {
  return `${parts.join('\n')}\n`
}

function optionLines(names: readonly OptionName[]): string[] {
  const out: string[] = []
  for (const group of optionGroups) {
    const rows = names
      .filter(name => optionSpec(name).group === group && optionSpec(name).hidden !== true)
      .map(name => [optionText(name), optionSpec(name).doc] as const)
    if (rows.length > 0) out.push(`${group}:`, ...twoColumns(rows), '')
  }
  return out
}

/** `-r, --read FILE` */
function optionText(name: OptionName): string {
  const { alias, value } = optionSpec(name)
  const short = alias === undefined ? '    ' : `-${alias}, `
  return `${short}--${name}${value === undefined ? '' : ` ${value}`}`
}

function twoColumns(rows: readonly (readonly [string, string])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 2
  return rows.flatMap(([name, doc]) =>
    wrap(doc, width - left - 2).map((line, i) =>
      `  ${(i === 0 ? name : '').padEnd(left)}${line}`.trimEnd(),
    ),
  )
}
