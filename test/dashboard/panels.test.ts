/** Every screen at every size, as text: equal to the files in screens/ (made by write-screens.ts). */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { keyBindings } from '../../src/dashboard/keys.js'
import { root } from '../helpers/run.js'
import { screenText, sizes, ways } from './screens.js'
import { StandIn, script } from './stand-in.js'

const overlays = new Set(['help', 'save', 'sort'])

for (const [name, keys] of Object.entries(ways)) {
  for (const [width, height] of sizes) {
    t.test(`${name} at ${width}x${height}`, async t => {
      const text = await screenText(keys, width, height)
      const file = `${root}/test/dashboard/screens/${name}-${width}x${height}.txt`
      t.equal(text, readFileSync(file, 'utf8'))
      const lines = text.trimEnd().split('\n')
      t.equal(text.split('\n').length, height + 1)
      t.strictSame(
        lines.filter(line => line.length > width),
        [],
      )
      t.match(lines[0], /^ tollgate LIVE .* drop 0\.00% .* 3 alerts/)
      if (!overlays.has(name)) t.match(lines.at(-1), /\? Help {2}q Quit$/)
      t.notMatch(text, /[^\n\x20-\x7e]/, 'ASCII only')
    })
  }
}

t.test('an odd size has no line that is longer', async t => {
  for (const [width, height] of [
    [81, 25],
    [99, 30],
    [100, 30],
    [133, 41],
    [159, 50],
    [161, 24],
  ] as const) {
    for (const keys of Object.values(ways)) {
      const standIn = new StandIn(script('shift'), width, height)
      await standIn.settle()
      for (const key of keys) await standIn.press(key)
      t.equal(standIn.lines.length, height)
      t.strictSame(
        standIn.lines.filter(line => line.length !== width),
        [],
        `${width}x${height}`,
      )
      await standIn.end()
    }
  }
})

t.test('too small is said, and it comes back', async t => {
  const standIn = new StandIn(script('shift'), 60, 15)
  await standIn.settle()
  t.match(standIn.text, /too small: 60x15\.\n Needs at least 80x24/)
  standIn.width = 120
  standIn.height = 36
  standIn.app.resize()
  await standIn.settle()
  t.equal(standIn.text, await screenText([], 120, 36))
  await standIn.end()
})

t.test('the help of a screen names every key of it', async t => {
  const screens = { overview: '1', flows: '2', subscribers: '3', rules: '4', alerts: '5', log: '6' }
  for (const [screen, key] of Object.entries(screens)) {
    const standIn = new StandIn(script('shift'), 80, 70)
    await standIn.settle()
    await standIn.press(key, '?')
    for (const { shown, help, screens: where } of keyBindings) {
      if (shown === '' || (where !== undefined && !where.includes(screen as never))) continue
      t.ok(standIn.text.includes(`${shown.padEnd(9)}${help}`), `${screen}: ${shown} ${help}`)
    }
    await standIn.end()
  }
})

t.test('no key means two things on one screen', async t => {
  const taken = new Map<string, string>()
  for (const { action, keys, screens } of keyBindings) {
    const where = screens ?? [
      'overview',
      'flows',
      'subscribers',
      'rules',
      'alerts',
      'log',
      'why',
      'timeline',
    ]
    for (const screen of where) {
      for (const key of keys) {
        const place = `${screen} ${key}`
        t.notOk(taken.has(place), `${place}: ${taken.get(place)} and ${action}`)
        taken.set(place, action)
      }
    }
  }
})
