/** The library as it ships, and what is said of files that are wrong. */

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { caseJsonSchema } from '../../src/cases/case-file.js'
import { handsetJsonSchema } from '../../src/cases/handset-file.js'
import { loadCaseLibrary } from '../../src/cases/library.js'
import { problemMessage } from '../../src/rules/rule-error.js'
import { inProcess } from '../cli/program.js'
import { builtIn, caseText, folderOf } from './folder.js'

const hanCharacter = /\p{Script=Han}/u

/** Every text of the file in one language, with the keys that lead to it. */
function texts(value: unknown, lang: 'en' | 'zh', path = ''): [path: string, text: string][] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, item]): [string, string][] => {
    const at = `${path}/${key}`
    if (key === lang) return [item].flat().map(text => [at, String(text)])
    return texts(item, lang, at)
  })
}

t.test('what ships is right, and complete in both languages', async t => {
  const { cases, handsets, problems } = loadCaseLibrary([builtIn])
  t.strictSame(problems.map(problemMessage), [])
  t.ok(cases.has('newspaper'))
  t.ok(cases.size >= 10, `${cases.size} cases`)
  t.ok(handsets.has('generic'), 'steps for any handset')
  for (const [id, { shape, file }] of [...cases, ...handsets]) {
    t.ok(file.endsWith(`/${id}.yaml`), `${file} is named after its id`)
    const [english, chinese] = [texts(shape, 'en'), texts(shape, 'zh')]
    t.equal(english.length > 0 && chinese.length, english.length, `${id}: as many texts in both`)
    for (const [at, text] of english) t.notMatch(text, hanCharacter, `${id}${at}`)
    for (const [at, text] of chinese) {
      if (!at.startsWith('/brand')) t.match(text, hanCharacter, `${id}${at}`)
    }
  }
  for (const [id, { shape }] of cases) {
    for (const { of, shows } of cases.get(id)?.evidence ?? []) t.ok(shows, `${id}: ${of} shows`)
    for (const kind of shape.steps ?? []) {
      t.ok(handsets.get('generic')?.shape.steps?.[kind], `${id}: generic steps for ${kind}`)
    }
  }
})

t.test('the published schemas are those that the reader applies', async t => {
  for (const [name, schema] of [
    ['case.schema.json', caseJsonSchema()],
    ['handset.schema.json', handsetJsonSchema()],
  ] as const) {
    const file = join(builtIn, name)
    const text = `${JSON.stringify(schema, null, 2)}\n`
    if (process.env.TOLLGATE_UPDATE_GOLDEN === '1') writeFileSync(file, text)
    t.equal(readFileSync(file, 'utf8'), text, name)
  }
})

const bomb = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]
`

const wrong: readonly [what: string, text: string | Uint8Array, message: RegExp][] = [
  ['not YAML', 'case: [', /bad\.yaml:1:\d+: /],
  ['alias bomb', bomb, /bad\.yaml:\d+:\d+: .*alias/i],
  ['deep nesting', '['.repeat(5000), /bad\.yaml:1:\d+: nested deeper than 32 levels/],
  ['too large', 'x'.repeat(300_000), /bad\.yaml: larger than 262144 octets/],
  ['not UTF-8', Uint8Array.of(0x63, 0xff, 0xfe), /bad\.yaml: not UTF-8 text/],
  ['empty', '', /bad\.yaml/],
  ['unknown key', caseText('bad', '[{flow: app == tls}]', 'remdy: x'), /:7:1: unknown key "remdy"/],
  [
    'a language missing',
    caseText('bad', '[{flow: app == tls}]').replace(', zh: 中文', ''),
    /:2:\d+: missing key "zh"/,
  ],
  ['id', caseText('Bad Name', '[{flow: app == tls}]'), /:1:7: case takes small letters/],
  ['wrong type', caseText('bad', 'flow'), /:6:11: evidence takes a list/],
  ['no evidence', caseText('bad', '[]'), /:6:11: evidence is empty/],
  ['unknown field', caseText('bad', '[{flow: hots == x}]'), /:6:\d+: flow: unknown field "hots"/],
  [
    'syntax of a pattern',
    caseText('bad', '[{flow: app == tls and}]'),
    /:6:\d+: flow: expected a field/,
  ],
  ['unknown value', caseText('bad', '[{flow: app == wlts}]'), /"wlts" is no app/],
  ['bad regex', caseText('bad', '[{flow: host matches "("}]'), /:6:\d+: flow: bad pattern/],
  [
    'field of another record',
    caseText('bad', '[{flow: mms_type exists}]'),
    /a flow has no "mms_type"/,
  ],
  [
    'field of another record',
    caseText('bad', '[{transaction: server_port == 80}]'),
    /a transaction has no "server_port"/,
  ],
  [
    'field of a handset',
    caseText('bad', '[{flow: app == tls}, {handset: wpa == 1.x}]'),
    /handset: unknown field "wpa"/,
  ],
  [
    'two kinds',
    caseText('bad', '[{flow: app == tls, finding: rule exists}]'),
    /it has "flow" and "finding"/,
  ],
  ['no kind', caseText('bad', '[{optional: true}]'), /it has none/],
  ['nothing of traffic', caseText('bad', '[{handset: wap == 1.x}]'), /needs a pattern of traffic/],
  [
    'only what is optional',
    caseText('bad', '[{flow: app == tls, optional: true}]'),
    /needs a pattern of traffic/,
  ],
  [
    'steps',
    caseText('bad', '[{flow: app == tls}]', 'steps: [prot]'),
    /:7:\d+: unknown steps "prot"/,
  ],
  [
    'capture',
    caseText('bad', '[{flow: app == tls}]', 'capture: x.pcap'),
    /:7:10: no such capture "x.pcap"/,
  ],
]

t.test('what is wrong in a case file, with its place', async t => {
  for (const [what, text, message] of wrong) {
    const folder = folderOf(t, {
      'bad.yaml': text,
      'good.yaml': caseText('good', '[{flow: app == tls}]'),
    })
    const { cases, problems } = loadCaseLibrary([folder])
    t.match(problems.map(problemMessage).join('\n'), message, what)
    t.strictSame(
      [...cases.keys()],
      ['good'],
      `${what}: the other file is read, nothing of this one`,
    )
    const run = await inProcess(['cases', 'check', folder])
    t.equal(run.code, 1, what)
    t.match(run.out, message, what)
    t.equal(run.err, '')
  }
})

t.test('what is wrong in a handset file, with its place', async t => {
  const head = 'handset: x\nbrand: {en: X, zh: X}\n'
  for (const [what, text, message] of [
    ['tac as a number', `${head}tac: [35344904]`, /x\.yaml:3:7: tac takes 4 to 8 digits as text/],
    ['tac too long', `${head}tac: ["353449041"]`, /x\.yaml:3:7: .*takes 4 to 8 digits/],
    ['generation of WAP', `${head}models: [{model: A, wap: "3"}]`, /x\.yaml:3:26: unknown wap "3"/],
    ['steps in one language', `${head}steps: {port: {en: [a]}}`, /x\.yaml:3:\d+: missing key "zh"/],
    ['unknown key', `${head}user_agnet: [a]`, /x\.yaml:3:1: unknown key "user_agnet"/],
  ] as const) {
    const folder = folderOf(t, { 'handsets/x.yaml': text })
    const { handsets, problems } = loadCaseLibrary([folder])
    t.match(problems.map(problemMessage).join('\n'), message, what)
    t.equal(handsets.size, 0)
  }
})

t.test(
  "a folder of one's own adds and replaces; the same id twice in a folder is wrong",
  async t => {
    const own = folderOf(t, {
      'newspaper.yaml': caseText('newspaper', '[{flow: app == tls}]'),
      'more.yaml': caseText('more', '[{flow: app == tls}]'),
      'handsets/nokia.yaml': 'handset: nokia\nbrand: {en: Own, zh: Own}\n',
    })
    const { cases, handsets, problems } = loadCaseLibrary([builtIn, own])
    t.strictSame(problems, [])
    t.equal(cases.get('newspaper')?.replaces, join(builtIn, 'newspaper.yaml'))
    t.equal(cases.get('newspaper')?.shape.cause.en, 'cause in English')
    t.equal(cases.get('more')?.replaces, undefined)
    t.equal(handsets.get('nokia')?.shape.brand.en, 'Own')
    const listed = await inProcess(['cases', 'list', '--dir', own])
    t.match(listed.out, /newspaper .*title in English.*\(replaces a built-in one\)/)
    const byEnv = await inProcess(['cases', 'list'], { env: { TOLLGATE_CASES: own } })
    t.equal(byEnv.out, listed.out)
    const twice = folderOf(t, {
      'a.yaml': caseText('same', '[{flow: app == tls}]'),
      'b.yaml': caseText('same', '[{flow: app == dns}]'),
    })
    const read = loadCaseLibrary([twice])
    t.match(read.problems.map(problemMessage), [/b\.yaml:1:7: case "same" is also in .*a\.yaml/])
    t.equal(read.cases.size, 1)
  },
)

t.test(
  'a wrong library stops the other commands with exit 3, a folder that is not there with 1',
  async t => {
    const bad = folderOf(t, { 'bad.yaml': caseText('bad', '[{flow: hots == x}]') })
    for (const args of [
      ['list'],
      ['show', 'newspaper'],
      ['match', '-r', 'captures/newspaper.pcap'],
    ]) {
      const run = await inProcess(['cases', ...args, '--dir', bad])
      t.equal(run.code, 3, args.join(' '))
      t.match(run.err, /bad\.yaml:6:\d+: flow: unknown field "hots"/)
      t.equal(run.out, '')
    }
    const none = await inProcess(['cases', 'check', `${bad}/none`])
    t.equal(none.code, 1)
    t.match(none.out, /none: no such folder/)
  },
)

t.test('show: a case in both languages; an unknown one with what was meant', async t => {
  const english = await inProcess(['cases', 'show', 'newspaper'])
  t.equal(english.code, 0)
  t.match(english.out, /symptom.*free of data charges/)
  t.match(english.out, /flow: server_port in \{9202, 9203\}/)
  const chinese = await inProcess(['cases', 'show', 'newspaper', '--lang', 'zh'])
  t.match(chinese.out, /现象.*手机报/)
  const unknown = await inProcess(['cases', 'show', 'newspapr'])
  t.equal(unknown.code, 1)
  t.match(unknown.err, /no case "newspapr"\n {2}try: tollgate cases show newspaper/)
})
