/** Mistakes in scenarios: every one with line and column, with a suggestion where a word is close. */

import t from 'tap'
import { ScenarioError } from '../../src/synth/scenario-error.js'
import { synthesise } from '../../src/synth/synthesise.js'

function complaint(text: string): string {
  let written = 0
  try {
    synthesise(text, 'x.yaml', () => {
      written++
    })
  } catch (error) {
    if (error instanceof ScenarioError) {
      return written === 0 ? error.message : 'octets were written before the complaint'
    }
    throw error
  }
  return 'no complaint'
}

const head = `title: x
start: 2014-11-21T00:00:00Z
subscribers:
  a: {imsi: "460010000000001"}
`

const cases: [string, string, string][] = [
  ['not YAML', 'title: [x', 'x.yaml:1:10: Flow sequence'],
  ['nothing', '', 'x.yaml:1:1: Invalid input'],
  ['no steps', head, 'x.yaml:1:1: steps: is missing'],
  [
    'unknown key at the top',
    `${head}stepps: []\nsteps: [{create: a}]`,
    'x.yaml:5:1: stepps: unknown key, did you mean: steps',
  ],
  [
    'unknown key deep down',
    `${head}steps:\n  - create: a\n  - http: {from: a, sever: 10.0.0.1, requests: [{get: /}]}`,
    'x.yaml:7:21: steps[1].http.sever: unknown key, did you mean: server',
  ],
  [
    'an answer that is no address, of a type that is one',
    `${head}steps:\n  - create: a\n  - dns:\n      from: a\n      server: 10.0.0.1\n      queries:\n        - {name: a.test, answers: ["2001:db8::1"]}`,
    'x.yaml:11:36: steps[1].dns.queries[0].answers[0]: is not an IPv4 address',
  ],
  [
    'unknown key in a list of requests',
    `${head}steps:\n  - create: a\n  - http:\n      from: a\n      server: 10.0.0.1\n      requests:\n        - {get: /, responce: {}}`,
    'x.yaml:11:20: steps[1].http.requests[0].responce: unknown key, did you mean: response',
  ],
  [
    'unknown key in a shape that has a short form',
    `${head}steps:\n  - create: {subscriber: a, cauze: 1}`,
    'x.yaml:6:29: steps[0].create.cauze: unknown key, did you mean: cause',
  ],
  [
    'a number where digits in quotes are needed',
    `title: x\nstart: 2014-11-21T00:00:00Z\nsubscribers:\n  a: {imsi: 00101}\nsteps: [{create: a}]`,
    'x.yaml:4:13: subscribers.a.imsi: write digits in quotes',
  ],
  [
    'not an address',
    `${head}steps:\n  - create: {subscriber: a, sgsn: 10.0.0.300}`,
    'x.yaml:6:35: steps[0].create.sgsn: is not an IPv4 or IPv6 address',
  ],
  [
    'unknown subscriber',
    `${head}  beta: {imsi: "460010000000002"}\nsteps:\n  - create: betta`,
    'x.yaml:7:13: steps[0].create.subscriber: no subscriber "betta", did you mean: beta',
  ],
  [
    'unknown expectation',
    `${head}expectations:\n  web: {id: 1, tariff: charged}\nsteps:\n  - udp: {from: a, server: 10.0.0.1, port: 1, data: []}\n    expect: wep`,
    'x.yaml:9:13: steps[0].expect: no expectation "wep", did you mean: web',
  ],
  ['two kinds', `${head}steps:\n  - {create: a, echo: {}}`, 'x.yaml:6:5: steps[0]: a step needs'],
  ['no kind', `${head}steps:\n  - {wait: 1}`, 'x.yaml:6:5: steps[0]: a step needs exactly one of'],
  [
    'traffic without a context',
    `${head}steps:\n  - http: {from: a, server: 10.0.0.1, requests: [{get: /}]}`,
    'x.yaml:6:5: steps[0]: "a" has no context at this time',
  ],
  [
    'the wrong family',
    `${head}steps:\n  - create: a\n  - http: {from: a, server: "2001:db8::1", requests: [{get: /}]}`,
    'x.yaml:7:5: steps[1]: "a" has no IPv6 address',
  ],
  [
    'no address without a tunnel',
    `${head}network: {tunnel: false}\nsteps:\n  - udp: {from: a, server: 10.0.0.1, port: 1, data: []}`,
    'x.yaml:7:5: steps[0]: "a" needs an address: key ue or ue_v6',
  ],
  [
    'a value out of range',
    `${head}steps:\n  - {wait: -1, create: a}`,
    'x.yaml:6:12: steps[0].wait: Too small',
  ],
]

for (const [name, text, wanted] of cases) {
  t.test(name, async t => {
    t.match(complaint(text), wanted)
  })
}

t.test('all mistakes are reported at once', async t => {
  const text = `${head}seed: x\nsnaplen: 1\nsteps:\n  - create: {subscriber: a, nsapi: 99}`
  t.strictSame(
    complaint(text)
      .split('\n')
      .map(line => line.split(': ')[0]),
    ['x.yaml:5:7', 'x.yaml:6:10', 'x.yaml:8:36'],
  )
})

t.test('deep nesting and alias bombs do not hurt', async t => {
  t.match(complaint(`title: ${'['.repeat(500)}`), 'x.yaml:1')
  const bomb = Array.from({ length: 12 }, (_, i) =>
    i === 0 ? 'a0: &a0 [x]' : `a${i}: &a${i} [${`*a${i - 1},`.repeat(9)}]`,
  ).join('\n')
  t.match(complaint(bomb), 'x.yaml:1:1: too many aliases')
})
