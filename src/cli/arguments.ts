/** The command line as typed -> command, positionals, options; or a Failure that names the word.
 * yargs parses; what it would guess (numbers, arrays, negation) is switched off or checked here. */

import yargs from 'yargs'
import { nearestWord } from '../record/filter/nearest.js'
import { terminalText } from '../record/text.js'
import { commands, findCommand } from './all.js'
import type { Command } from './command.js'
import { type Failure, usageFailure } from './fail.js'
import type { OptionSpec } from './option-spec.js'
import { commonOptions, type OptionName, type Options, optionNames, optionSpec } from './options.js'

export interface CommandLine {
  /** absent: only options were typed */
  command: Command | undefined
  positionals: string[]
  options: Options
  /** long names of the options that were typed */
  typed: ReadonlySet<OptionName>
}

type Env = Readonly<Record<string, string | undefined>>

const longNames = new Map<string, OptionName>()
for (const name of optionNames) {
  longNames.set(`--${name}`, name)
  const { alias } = optionSpec(name)
  if (alias !== undefined) longNames.set(`-${alias}`, name)
}

export function parseArguments(argv: readonly string[], env: Env): CommandLine {
  const parsed = yargsParse(prepare(argv))
  const typed = new Set<OptionName>()
  for (const key of Object.keys(parsed)) {
    if (key === '_' || key === '$0') continue
    const name = longNames.get(`--${key}`)
    if (name === undefined) throw unknownOption(key)
    if (parsed[key] !== undefined) typed.add(name)
  }
  const options = readOptions(parsed, env)
  const words = (parsed._ as unknown[]).map(String)
  const command = takeCommand(words, options)
  return { command, positionals: words, options, typed }
}

/** Checks that need the command; not done when only its help is asked for. */
export function checkForCommand(line: CommandLine, command: Command): void {
  for (const name of line.typed) {
    if (!command.options.includes(name) && !commonOptions.includes(name)) {
      throw usageFailure(
        `option --${name} does not go with ${command.name}`,
        `tollgate ${command.name} --help`,
      )
    }
  }
  const [least, most] = command.positionals
  const extra = line.positionals[most]
  if (extra !== undefined) {
    throw usageFailure(
      `${command.name}: unexpected argument "${terminalText(extra)}"`,
      `tollgate ${command.name} --help`,
    )
  }
  if (line.positionals.length < least) {
    throw usageFailure(`${command.name} needs ${command.usage}`, `tollgate ${command.name} --help`)
  }
}

/** Joins values that begin with `-` to their option, and turns `--no-color` into `--color=never`:
 * yargs would take each for an option of its own. */
function prepare(argv: readonly string[]): string[] {
  const out: string[] = []
  for (let i = 0; i < argv.length; i++) {
    const token = argv[i] ?? ''
    if (token === '--') return [...out, ...argv.slice(i)]
    const name = longNames.get(token)
    const next = argv[i + 1]
    if (token === '--no-color') {
      out.push('--color=never')
    } else if (name !== undefined && next !== undefined && joins(optionSpec(name), next)) {
      out.push(`--${name}=${next}`)
      i++
    } else {
      out.push(token)
    }
  }
  return out
}

function joins(spec: OptionSpec, next: string): boolean {
  if (spec.kind === 'flag' || spec.kind === 'level') return false
  return next === '-' || (spec.dash === true && next.startsWith('-') && !longNames.has(next))
}

function yargsParse(argv: string[]): Record<string, unknown> {
  const parser = yargs(argv)
    .locale('en')
    .help(false)
    .version(false)
    .exitProcess(false)
    .showHelpOnFail(false)
    .parserConfiguration({
      'boolean-negation': false,
      'camel-case-expansion': false,
      'dot-notation': false,
      'parse-numbers': false,
      'parse-positional-numbers': false,
      'strip-aliased': true,
      'greedy-arrays': false,
    })
    .fail((message, error) => {
      throw error ?? usageFailure(message)
    })
  for (const name of optionNames) {
    const { kind, alias } = optionSpec(name)
    const type = kind === 'flag' ? 'boolean' : kind === 'level' ? 'count' : 'string'
    parser.option(name, alias === undefined ? { type } : { type, alias })
  }
  return parser.parseSync()
}

function unknownOption(key: string): Failure {
  const shown = terminalText(key.length === 1 ? `-${key}` : `--${key}`)
  const near = key.length > 1 ? nearestWord(key, optionNames) : undefined
  return usageFailure(
    `unknown option ${shown}`,
    near === undefined ? 'tollgate --help' : `--${near}`,
  )
}

function readOptions(parsed: Readonly<Record<string, unknown>>, env: Env): Options {
  const options: Record<string, unknown> = {}
  for (const name of optionNames) {
    const spec = optionSpec(name)
    const given = parsed[name]
    const all = (Array.isArray(given) ? given : [given]).filter(value => value !== undefined)
    const value: unknown = all.at(-1) ?? (spec.env === undefined ? undefined : env[spec.env])
    options[name] = optionValue(name, spec, all, value)
  }
  return options as Options
}

function optionValue(name: OptionName, spec: OptionSpec, all: unknown[], value: unknown): unknown {
  if (spec.kind === 'flag') return value === true
  if (spec.kind === 'level') return typeof value === 'number' ? value : 0
  if (all.includes('')) {
    throw usageFailure(`option --${name} needs a value`, `--${name} ${spec.value ?? ''}`)
  }
  if (spec.kind === 'list') return all.map(String)
  if (typeof value !== 'string' || value === '') return undefined
  if (spec.kind === 'number') return wholeNumber(name, value)
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw usageFailure(
      `--${name}: "${terminalText(value)}" is not one of ${spec.choices.join(', ')}`,
    )
  }
  return value
}

function wholeNumber(name: OptionName, text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw usageFailure(
    `--${name}: "${terminalText(text)}" is not a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`,
  )
}

/** Takes the command's words off the front. `tollgate -r FILE` is `replay`. */
function takeCommand(words: string[], options: Options): Command | undefined {
  const [first, second] = words
  if (first === undefined) return options.read.length > 0 ? findCommand('replay') : undefined
  const two = second === undefined ? undefined : findCommand(`${first} ${second}`)
  const command = two ?? findCommand(first)
  if (command === undefined) throw unknownCommand(first, second)
  words.splice(0, two === undefined ? 1 : 2)
  return command
}

function unknownCommand(first: string, second: string | undefined): Failure {
  const family = commands.filter(command => command.name.startsWith(`${first} `))
  const typed = family.length > 0 && second !== undefined ? `${first} ${second}` : first
  const near = nearestWord(
    typed,
    (family.length > 0 ? family : commands).map(command => command.name),
  )
  const suggestion = near ?? family[0]?.name
  return usageFailure(
    `unknown command "${terminalText(typed)}"`,
    suggestion === undefined ? 'tollgate --help' : `tollgate ${suggestion}`,
  )
}
