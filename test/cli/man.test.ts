/** The manual pages: without a warning of groff, and with the commands and options of the help. */

import { spawnSync } from 'node:child_process'
import t from 'tap'
import { commands } from '../../src/cli/all.js'
import { commonOptions, type OptionName, optionSpec } from '../../src/cli/options.js'
import { settingNames } from '../../src/cli/settings.js'
import { filterFields } from '../../src/record/filter/all.js'
import { inProcess } from './program.js'

const pages = ['tollgate', 'tollgated', 'tollgate-rules', 'tollgate-filter']

async function page(name: string): Promise<string> {
  const run = await inProcess(['man', name])
  t.equal(run.code, 0)
  return run.out.replaceAll('\\-', '-').replaceAll('\\e', '\\')
}

t.test('groff has nothing to complain about', { timeout: 60_000 }, async t => {
  if (spawnSync('groff', ['--version']).error !== undefined) {
    t.comment('groff is not installed: not compared')
    t.not(process.env.TOLLGATE_REQUIRE_LIVE, '1', 'it is required')
    return
  }
  for (const name of pages) {
    const { out } = await inProcess(['man', name])
    const made = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-rLL=80n', '-P-cbou'], {
      input: out,
      encoding: 'utf8',
    })
    t.equal(made.status, 0)
    t.equal(made.stderr, '', name)
    t.match(made.stdout, /DESCRIPTION/)
  }
})

function has(text: string, name: OptionName): boolean {
  const { alias } = optionSpec(name)
  return text.includes(`--${name}`) && (alias === undefined || text.includes(`-${alias}, `))
}

t.test('the same commands, options and fields as everywhere', async t => {
  const program = await page('tollgate')
  for (const command of commands) {
    const [, section = ''] = program.split(`.SS tollgate ${command.name} `.trimEnd())
    const own = section.split('.SS ')[0] ?? ''
    t.ok(section.includes(command.doc), command.name)
    t.strictSame(
      command.options.filter(name => !has(own, name)),
      [],
      command.name,
    )
  }
  t.strictSame(
    commonOptions.filter(name => !has(program, name)),
    [],
  )
  const daemon = await page('tollgated')
  t.strictSame(
    settingNames.filter(name => !daemon.includes(`.B ${name}\n`)),
    [],
  )
  const filter = await page('tollgate-filter')
  t.strictSame(
    filterFields.filter(({ name }) => !filter.includes(`.B ${name}\n`)),
    [],
  )
  t.match(await page('tollgate-rules'), /CONDITIONS[\s\S]*\.B server\n/)
  t.equal((await inProcess(['man', 'nothing'])).code, 2)
})
