/** What people type: help, wrong words, errors and exit codes (interface.md 6.5, 6.6), run as a
 * program. No capture is analysed here. */

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { commands } from '../../src/cli/all.js'
import { parseArguments } from '../../src/cli/arguments.js'
import { reportCrash } from '../../src/cli/crash.js'
import { Failure, failureLines } from '../../src/cli/fail.js'
import { commandHelp, programHelp } from '../../src/cli/help.js'
import { optionNames, optionSpec } from '../../src/cli/options.js'
import { wantsColour } from '../../src/cli/terminal.js'
import { inProcess, shell, tollgate } from './program.js'

const folder = mkdtempSync(join(tmpdir(), 'tollgate-cli-'))
t.teardown(() => rmSync(folder, { recursive: true, force: true }))

/** What a wrong command line is answered. */
function refusal(line: string): string[] {
  try {
    parseArguments(line.split(' '), {})
  } catch (error) {
    if (error instanceof Failure) return [...failureLines(error), `exit ${error.exit}`]
    throw error
  }
  return ['accepted']
}

t.test('help fits 80 columns, names every option, and has examples', async t => {
  const pages = [programHelp(), ...commands.map(commandHelp)]
  for (const page of pages) {
    for (const line of page.split('\n')) t.ok(line.length <= 80, line)
    t.match(page, /\nExamples:\n {2}\S/)
  }
  for (const command of commands) {
    const page = commandHelp(command)
    for (const name of command.options) {
      const hidden = optionSpec(name).hidden === true
      t.equal(page.includes(`--${name}`), !hidden, `${command.name} ${name}`)
    }
    t.ok(command.examples.length >= 4 && command.examples.length <= 6, command.name)
    t.match(programHelp(), command.name)
  }
})

t.test('options: one letter means one thing', async t => {
  const letters = optionNames.flatMap(name => optionSpec(name).alias ?? [])
  t.equal(new Set(letters).size, letters.length)
  for (const name of optionNames) {
    const { kind, value } = optionSpec(name)
    t.equal(value === undefined, kind === 'flag' || kind === 'level', name)
  }
})

t.test('arguments', async t => {
  const parse = (line: string) => parseArguments(line.split(' '), {})
  const flows = parse('flows -r a.pcap -r - --since -1h --sort -bytes --limit 5 -qvv --no-color')
  t.equal(flows.command?.name, 'flows')
  t.same(flows.options.read, ['a.pcap', '-'])
  t.equal(flows.options.since, '-1h')
  t.equal(flows.options.sort, '-bytes')
  t.equal(flows.options.limit, 5)
  t.equal(flows.options.verbose, 2)
  t.equal(flows.options.quiet, true)
  t.equal(flows.options.color, 'never')
  t.equal(flows.options.json, false)
  t.equal(flows.options.rules, undefined)
  const why = parse('why --imsi 001010000000017 --apn 3gwap --port 80 --server 1.2.3.4')
  t.equal(why.options.imsi, '001010000000017', 'leading zeros stay')
  t.equal(why.options.port, 80)
  t.same(parse('why -r a.pcap 81').positionals, ['81'], 'an option takes one value')
  t.same(parse('replay - x').positionals, ['-', 'x'])
  t.same(parse('replay -- --json -x').positionals, ['--json', '-x'])
  t.equal(parse('--json -r a.pcap').command?.name, 'replay', 'a capture alone is a replay')
  t.equal(parse('rules check x.yaml').command?.name, 'rules check')
  t.equal(parse('flows --limit 1 --limit 2').options.limit, 2, 'the last one counts')
  t.equal(parse('subs -n').options['no-names'], true)
  t.equal(parseArguments(['replay'], { TOLLGATE_PROFILE: 'ugw' }).options.profile, 'ugw')
})

t.test('wrong words', async t => {
  const table = [
    ['--jsn', ['tollgate: unknown option --jsn', '  try: --json', 'exit 2']],
    ['flow', ['tollgate: unknown command "flow"', '  try: tollgate flows', 'exit 2']],
    ['flows -z', ['tollgate: unknown option -z', '  try: tollgate --help', 'exit 2']],
    ['bottom', ['tollgate: unknown command "bottom"', '  try: tollgate --help', 'exit 2']],
    ['rules', ['tollgate: unknown command "rules"', '  try: tollgate rules check', 'exit 2']],
    [
      'rules lst',
      ['tollgate: unknown command "rules lst"', '  try: tollgate rules list', 'exit 2'],
    ],
    [
      'flows --limit abc',
      ['tollgate: --limit: "abc" is not a whole number from 0 to 9007199254740991', 'exit 2'],
    ],
    [
      'flows --limit -5',
      ['tollgate: --limit: "-5" is not a whole number from 0 to 9007199254740991', 'exit 2'],
    ],
    [
      'flows --limit 1e3',
      ['tollgate: --limit: "1e3" is not a whole number from 0 to 9007199254740991', 'exit 2'],
    ],
    [
      'flows --color blue',
      ['tollgate: --color: "blue" is not one of auto, always, never', 'exit 2'],
    ],
    ['flows -r', ['tollgate: option --read needs a value', '  try: --read FILE', 'exit 2']],
    ['flows -r --json', ['tollgate: option --read needs a value', '  try: --read FILE', 'exit 2']],
    ['\u001b[31m', ['tollgate: unknown command "\\x1b[31m"', '  try: tollgate --help', 'exit 2']],
  ] as const
  for (const [line, lines] of table) t.same(refusal(line), lines, line)
})

t.test('errors and exit codes', async t => {
  const capture = 'captures/newspaper.pcap'
  const notes = join(folder, 'notes.txt')
  writeFileSync(notes, 'not a capture\n')
  const badRules = join(folder, 'bad.yaml')
  const text = readFileSync(new URL('../../../rules/newspaper.yaml', import.meta.url), 'utf8')
  writeFileSync(badRules, text.replace('tariff: free,', 'tariff: fre,'))
  const filter = 'verdict == CHRG and hots contains "wap"'
  const table: { args: string[]; code: number; err: RegExp | string }[] = [
    { args: ['replay', 'x.pcap'], code: 2, err: 'tollgate: x.pcap: no such file\n' },
    {
      args: ['replay', notes],
      code: 2,
      err: `tollgate: ${notes}: not a capture file (pcap, pcapng, .gz, .zst)\n`,
    },
    {
      args: ['flows', '-r', capture, '-Y', filter],
      code: 2,
      err:
        'tollgate: filter: unknown field "hots"\n' +
        `    ${filter}\n                        ^~~~\n  did you mean: host\n`,
    },
    {
      args: ['replay', capture, '--rules', badRules],
      code: 3,
      err: /bad\.yaml:\d+:\d+: unknown tariff "fre"\n {4}.*tariff: fre,.*\n +\^~~\n {2}try: free\n$/,
    },
    {
      args: ['replay', capture, '--rules', 'no.yaml'],
      code: 3,
      err: 'tollgate: no.yaml: no such file\n',
    },
    {
      args: ['replay', capture, '--profile', 'artcle'],
      code: 3,
      err: 'tollgate: --profile: unknown profile "artcle"\n  try: article\n',
    },
    {
      args: ['flows', '-r', capture, '--since', 'noon'],
      code: 2,
      err:
        'tollgate: --since: "noon" is not a time\n' +
        '  try: 09:30, -1h, or 2026-11-21T09:30:00+06:00\n',
    },
    {
      args: ['flows', '-r', capture, '--sort', 'byts'],
      code: 2,
      err: 'tollgate: --sort: unknown field "byts"\n  try: --sort bytes\n',
    },
    {
      args: ['flows', '-r', capture, '--fields', 'flow,hots'],
      code: 2,
      err: 'tollgate: --fields: unknown field "hots"\n  try: host\n',
    },
    {
      args: ['replay', capture, '--json', '--csv'],
      code: 2,
      err: 'tollgate: --json and --csv exclude each other\n',
    },
    {
      args: ['replay', capture, '--json', '--only', 'flows'],
      code: 2,
      err: 'tollgate: --only: unknown record type "flows"\n  try: flow\n',
    },
    {
      args: ['replay', capture, '--csv', '--only', 'flow,usage'],
      code: 2,
      err: 'tollgate: --csv writes one type of record\n  try: --only flow\n',
    },
    {
      args: ['replay', capture, '--ue-pool', '10.0.0'],
      code: 2,
      err: 'tollgate: --ue-pool: "10.0.0" is not a network\n  try: 10.45.0.0/16\n',
    },
    {
      args: ['replay'],
      code: 2,
      err: 'tollgate: replay needs a capture\n  try: tollgate replay -r FILE\n',
    },
    {
      args: ['flows', 'x.pcap'],
      code: 2,
      err: 'tollgate: flows: unexpected argument "x.pcap"\n  try: tollgate flows --help\n',
    },
    {
      args: ['flows', '-r', capture, '--port', '80'],
      code: 2,
      err: 'tollgate: option --port does not go with flows\n  try: tollgate flows --help\n',
    },
    {
      args: ['why', '--server', '10.0.0.172'],
      code: 2,
      err: 'tollgate: why: a what-if needs --server and --port\n',
    },
    {
      args: ['why', '--url', 'http://x/'],
      code: 2,
      err: 'tollgate: why: --url needs --server\n  try: tollgate why --server ADDR --port N\n',
    },
    {
      args: ['why', '--server', 'gateway', '--port', '80'],
      code: 2,
      err: /^tollgate: why: server "gateway" is not an IP address\n$/,
    },
    {
      args: ['synth', 'no.yaml', '-o', join(folder, 'x.pcap')],
      code: 2,
      err: 'tollgate: no.yaml: no such file\n',
    },
    {
      args: ['synth', 'captures/scenarios/newspaper.yaml', '-o', notes],
      code: 2,
      err: `tollgate: ${notes}: exists\n  try: --force\n`,
    },
    {
      args: ['synth', 'captures/scenarios/newspaper.yaml'],
      code: 2,
      err: 'tollgate: synth needs -o FILE\n  try: tollgate synth SCENARIO.yaml -o FILE\n',
    },
    {
      args: ['rules', 'test', 'no-such'],
      code: 2,
      err: 'tollgate: no-such: no such file\n',
    },
    { args: [], code: 2, err: programHelp() },
  ]
  for (const { args, code, err } of table) {
    const name = args.join(' ')
    const run = await inProcess(args)
    if (typeof err === 'string') t.equal(run.err, err, name)
    else t.match(run.err, err, name)
    t.equal(run.code, code, name)
    t.equal(run.out, '', name)
  }
})

t.test('the same as a program: streams, exit codes, English in every locale', async t => {
  const env = { LC_ALL: 'de_DE.UTF-8', LANGUAGE: 'de' }
  const wrong = await tollgate(['flows', '--jsn'], { env })
  t.same(wrong, { code: 2, out: '', err: 'tollgate: unknown option --jsn\n  try: --json\n' })
  const help = await tollgate(['flows', '--help'], { env })
  t.equal(help.code, 0)
  t.equal(help.err, '')
  t.equal(help.out.startsWith('tollgate flows: '), true)
})

t.test('rules check, rules list, rules test', async t => {
  const badRules = join(folder, 'bad.yaml')
  const badCases = join(folder, 'bad.cases.yaml')
  const rules = new URL('../../../rules/newspaper.yaml', import.meta.url).pathname
  writeFileSync(
    badCases,
    `rules: ${rules}\ncases:\n` +
      '  - {note: wrong, server: 10.0.0.172, port: 9203, want: L1-6 1 free}\n',
  )
  const good = await inProcess(['rules', 'check', 'rules/newspaper.yaml'])
  const bad = await inProcess(['rules', 'check', badRules])
  const json = await inProcess(['rules', 'check', badRules, '--json'])
  const list = await inProcess(['rules', 'list', '--json'])
  const passed = await inProcess(['rules', 'test', 'rules'])
  const failed = await inProcess(['rules', 'test', badCases])
  t.equal(good.code, 0)
  t.match(good.out, /0 errors/)
  t.equal(bad.code, 3)
  t.match(bad.out, /bad\.yaml:\d+:\d+: error BAD-VALUE: unknown tariff "fre"\n/)
  t.equal(json.code, 3)
  t.match(json.out, /"type":"lint".*\n\{"type":"summary"/)
  t.match(list.out, /"rule":"L1-6".*"rule_id":4261871614/)
  t.equal(passed.code, 0)
  t.match(passed.out, /\n\d+ passed, 0 failed\n$/)
  t.equal(failed.code, 1)
  t.match(
    failed.out,
    /FAIL .*expected L1-6 1 free, got L1-6 4261871614 charged\n0 passed, 1 failed/,
  )
})

t.test('what-if, help and version', async t => {
  const ask = ['why', '--server', '10.0.0.172', '--port', '9203', '--url', 'http://mmsc.x/']
  const why = await inProcess(ask)
  const extended = await inProcess([...ask, '--rules', 'rules/newspaper-extended.yaml'])
  const direct = ['why', '--server', '10.23.241.4', '--port', '80']
  const changed = await inProcess([...direct, '--rules', 'rules/newspaper-extended.yaml'])
  const version = await inProcess(['--version'])
  t.equal(why.code, 0)
  t.equal(why.err, '')
  for (const part of [
    'L1-6      MATCH',
    '$ CHRG  4261871614 (0xFE06FFFE)  by L1-6',
    'o free  168165378 (0x0A060002)  by L1-3 > wapgw/1',
    'WAP 2.0 handset -> port 80, WAP 1.x -> 9200/9201.',
    'newspaper.yaml:19',
  ]) {
    t.ok(why.out.includes(part), part)
  }
  for (const line of why.out.split('\n')) t.ok(line.length <= 80, line)
  t.match(extended.out, /\nCHANGE {5}none\n$/)
  t.match(changed.out, /\nCHANGE {5}\$ charged {2}4294967294 [\s\S]*o free {2}168165379/)
  t.match(version.out, /^tollgate \d+\.\d+\.\d+\n$/)
})

t.test('our own fault: one line, a private file, exit 70', { timeout: 60_000 }, async t => {
  const home = join(folder, 'home')
  const env = { HOME: home, XDG_STATE_HOME: join(home, 'state') }
  const lines = reportCrash(new Error('boom\u001b[31m\nmore'), env, new Date(1_795_294_477_000))
  const [first, second = ''] = lines
  t.equal(first, 'tollgate: internal error: boom\\x1b[31m')
  const file = /^ {2}details: ~(.*)$/.exec(second)?.[1] ?? ''
  t.match(file, /\/state\/tollgate\/crash-\d{8}-\d{6}\.log$/)
  t.equal(statSync(join(home, file)).mode & 0o777, 0o600)
  t.match(readFileSync(join(home, file), 'utf8'), /Error: boom/)
  const plain = reportCrash('x', { XDG_STATE_HOME: '/proc/no' }, new Date(0))
  t.match(plain[1], /^ {2}details: not written: /)
  // a program whose own code throws: nothing but one line and the place of the file
  const node = ['--import', 'data:text/javascript,Object.fromEntries=()=>{throw new Error("boom")}']
  const run = await tollgate(['rules', 'list'], { env, node })
  t.equal(run.code, 70)
  t.equal(run.out, '')
  t.match(run.err, /^tollgate: internal error: boom\n {2}details: ~\/state\/tollgate\/crash-\S+\n$/)
})

t.test('colour', async t => {
  t.equal(wantsColour('auto', true, { TERM: 'xterm' }), true)
  t.equal(wantsColour(undefined, true, { TERM: 'xterm', NO_COLOR: '1' }), false)
  t.equal(wantsColour(undefined, true, { TERM: 'xterm', NO_COLOR: '' }), true)
  t.equal(wantsColour('always', false, { NO_COLOR: '1' }), true)
  t.equal(wantsColour(undefined, false, { TERM: 'xterm' }), false)
  t.equal(wantsColour(undefined, true, { TERM: 'dumb' }), false)
  t.equal(wantsColour('never', true, { TERM: 'xterm' }), false)
})

/** Words of a line without shell syntax; undefined when only a shell can run it. */
function words(line: string): string[] | undefined {
  if (/^[A-Z_]+=|[|<]/.test(line.replace(/'[^']*'/g, ''))) return undefined
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
}

t.test('the examples of every help run', { timeout: 120_000 }, async t => {
  const shellLines: string[] = []
  const alone = commands.filter(({ needsDaemon }) => needsDaemon !== true)
  for (const example of alone.flatMap(command => command.examples)) {
    const args = words(example)
    if (args === undefined) {
      shellLines.push(example)
      continue
    }
    const run = await inProcess(args.slice(1))
    t.equal(run.code, 0, `${example}\n${run.err}`)
  }
  t.ok(shellLines.length > 0)
  for (const line of shellLines) {
    const run = await shell(line)
    t.equal(run.code, 0, `${line}\n${run.err}`)
    t.not(run.out, '', line)
  }
})
