/** `tollgate man PAGE`: the manual pages, made from the same tables as the help, completion and the parser, in the
 * macros of man(7). `tollgate man tollgate | man -l -` shows one. */

import { readFileSync } from 'node:fs'
import { filterFields } from '../record/filter/all.js'
import { level1Conditions, level2Conditions } from '../rules/condition/all.js'
import { commands } from './all.js'
import type { Command, Invocation } from './command.js'
import { systemConfig } from './config-file.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { optionGroups } from './option-spec.js'
import { commonOptions, type OptionName, optionSpec } from './options.js'
import { settingNames } from './settings.js'
import { version } from './version.js'

const pages = {
  tollgate: programPage,
  tollgated: daemonPage,
  'tollgate-rules': rulesPage,
  'tollgate-filter': filterPage,
} as const
type Page = keyof typeof pages
const pageNames = Object.keys(pages) as Page[]

export async function man(call: Invocation): Promise<ExitCode> {
  const [typed = 'tollgate'] = call.positionals
  const page = pageNames.find(name => name === typed)
  if (page === undefined) throw usageFailure(`man: no such page`, pageNames.join(', '))
  call.terminal.out.write(`${pages[page]().join('\n')}\n`)
  return exitCode.done
}

/** Text as roff takes it: no line may begin with a control character, a hyphen is a minus. */
function roff(text: string): string {
  const escaped = text.replaceAll('\\', '\\e').replaceAll('-', '\\-')
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped
}

function head(name: string, section: number, what: string): string[] {
  return [
    `.TH ${roff(name.toUpperCase())} ${section} "" "tollgate ${version()}" "Tollgate"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(what)}`,
  ]
}

function entry(term: string, text: string): string[] {
  return ['.TP', `.B ${roff(term)}`, roff(text)]
}

function paragraph(...lines: string[]): string[] {
  return ['.PP', ...lines.map(roff)]
}

function verbatim(lines: readonly string[]): string[] {
  return ['.PP', '.nf', '.RS 4', ...lines.map(roff), '.RE', '.fi']
}

function optionEntries(names: readonly OptionName[]): string[] {
  return optionGroups.flatMap(group =>
    names
      .filter(name => optionSpec(name).group === group)
      .flatMap(name => {
        const { alias, value, doc } = optionSpec(name)
        const short = alias === undefined ? '' : `-${alias}, `
        return entry(`${short}--${name}${value === undefined ? '' : ` ${value}`}`, doc)
      }),
  )
}

function commandSection(command: Command): string[] {
  return [
    `.SS ${roff(`tollgate ${command.name} ${command.usage}`.trim())}`,
    roff(command.doc),
    ...optionEntries(command.options),
    ...paragraph('Examples:'),
    ...verbatim(command.examples),
  ]
}

const exits: Readonly<Record<string, string>> = {
  done: 'done; also after Ctrl-C on a live run, and when the reader of a pipe left',
  no: 'the answer is no: not found, differs, test failed, no GTP in the file, alerts, degraded',
  usage: 'wrong usage or unreadable input; results up to a cut are written',
  rules: 'rules or configuration wrong',
  daemon: 'the daemon cannot be reached',
  permission: 'not permitted, or no such interface',
  output: 'output could not be written',
  internal: 'a fault of the program',
  hangUp: 'hang-up',
  interrupted: 'interrupted before a file was read to its end',
}

function exitEntries(): string[] {
  return Object.entries(exitCode).flatMap(([name, code]) =>
    entry(String(code), exits[name] ?? name),
  )
}

function programPage(): string[] {
  return [
    ...head('tollgate', 1, 'which charging rule applies to each flow, free or charged, and why'),
    '.SH SYNOPSIS',
    '.B tollgate',
    roff('COMMAND [options]'),
    '.br',
    '.B tollgate',
    roff('-r FILE'),
    '.SH DESCRIPTION',
    roff('Reads GTP and WAP traffic of a mobile packet core from captures, live interfaces or its'),
    roff('daemon, and says for each subscriber, flow and transaction which charging rule applies.'),
    '.SH COMMON OPTIONS',
    ...optionEntries(commonOptions),
    '.SH COMMANDS',
    ...commands.flatMap(commandSection),
    '.SH EXIT STATUS',
    ...exitEntries(),
    '.SH SEE ALSO',
    '.BR tollgated (8),',
    '.BR tollgate\\-rules (5),',
    '.BR tollgate\\-filter (7)',
  ]
}

function daemonPage(): string[] {
  const daemon = commands.find(({ name }) => name === 'daemon')
  const signals = [
    ['SIGHUP', 'checks the rules and takes them in one step; wrong ones change nothing'],
    ['SIGUSR1', 'a line of counters to the log'],
    ['SIGUSR2', 'the file of --keep ends, and another begins'],
    ['SIGTERM, SIGINT', 'saves and ends within five seconds; the second one does not wait'],
  ] as const
  return [
    ...head('tollgated', 8, 'the probe as a service'),
    '.SH SYNOPSIS',
    '.B tollgated',
    roff('[-i IF]... [options]'),
    '.SH DESCRIPTION',
    roff(
      'Captures, keeps sessions, flows and what rules decided, and answers the other commands of',
    ),
    roff('tollgate over a Unix socket: numbers of subscribers are masked there, and in the clear,'),
    roff('logged, on a second one. The same as tollgate daemon.'),
    '.SH OPTIONS',
    ...optionEntries([...(daemon?.options ?? []), ...commonOptions]),
    '.SH CONFIGURATION',
    roff(
      'An option counts before TOLLGATE_* of the environment, that before the file of --config,',
    ),
    roff(`that before ${systemConfig}. The keys of a file are the long options:`),
    ...settingNames.flatMap(name => entry(name, optionSpec(name).doc)),
    '.SH SIGNALS',
    ...signals.flatMap(([name, text]) => entry(name, text)),
    '.SH EXIT STATUS',
    ...exitEntries(),
    '.SH SEE ALSO',
    '.BR tollgate (1),',
    '.BR tollgate\\-rules (5)',
  ]
}

function rulesPage(): string[] {
  const file = new URL('../../../rules/newspaper.yaml', import.meta.url)
  return [
    ...head('tollgate-rules', 5, 'files of charging rules'),
    '.SH DESCRIPTION',
    roff(
      'YAML. Rules of level 1 are tried in the order of their precedence when a flow opens; the',
    ),
    roff('first that matches gives the charging id. When it has a table of level 2, the first row'),
    roff('that matches a request replaces the id. Each id has a tariff: free, charged or unknown.'),
    '.SH CONDITIONS OF LEVEL 1',
    ...level1Conditions.flatMap(({ key, doc }) => entry(key, doc)),
    '.SH CONDITIONS OF LEVEL 2',
    ...level2Conditions.flatMap(({ key, doc }) => entry(key, doc)),
    '.SH EXAMPLE',
    ...verbatim(readFileSync(file, 'utf8').trimEnd().split('\n')),
    '.SH SEE ALSO',
    '.BR tollgate (1)',
  ]
}

const operators = [
  ['==  !=', 'equal, not equal; text without regard to case'],
  ['<  <=  >  >=', 'numbers, octets (1 MB), seconds (30s), times (RFC 3339)'],
  ['contains', 'part of a text'],
  ['matches', 'a regular expression (RE2, linear time)'],
  ['in {a, b}', 'one of these; ranges (9200-9203) and networks (10.45.0.0/16) too'],
  ['exists', 'the record has the field'],
  ['and  or  not  ( )', 'not binds first, then and, then or; also && || !'],
] as const

function filterPage(): string[] {
  return [
    ...head('tollgate-filter', 7, 'the filter language of -Y and of the dashboard'),
    '.SH DESCRIPTION',
    roff('A bare word is part of an IMSI, MSISDN, address or host, or the name of a rule or flow.'),
    roff(
      'A field with several values passes when one does; != needs all to differ. A record without',
    ),
    roff('the field fails every test of it.'),
    '.SH OPERATORS',
    ...operators.flatMap(([name, text]) => entry(name, text)),
    '.SH FIELDS',
    ...filterFields.flatMap(({ name, aliases, doc, values }) => {
      const also = aliases.length === 0 ? '' : ` (also ${aliases.join(', ')})`
      const one = values === undefined ? '' : `: ${values.join(', ')}`
      return entry(name, `${doc}${one}${also}`)
    }),
    '.SH EXAMPLES',
    ...verbatim([
      'verdict == CHRG and host contains "wap"',
      'ue in 10.45.0.0/16 and bytes > 1MB',
      'server_port in {80, 9200-9203} and not tariff == free',
    ]),
    '.SH SEE ALSO',
    '.BR tollgate (1)',
  ]
}
