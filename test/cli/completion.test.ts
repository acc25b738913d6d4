/** Completion as each shell does it, where the shell is installed; in CI all of them. */

import { spawnSync } from 'node:child_process'
import t from 'tap'
import { commands } from '../../src/cli/all.js'
import { commonOptions, optionSpec } from '../../src/cli/options.js'
import { inProcess } from './program.js'

/** What a shell offers after these words; the last one is not finished. */
const shells: Record<string, (script: string, words: readonly string[]) => string> = {
  bash: (script, words) => `${script}
COMP_WORDS=(${words.map(quote).join(' ')}); COMP_CWORD=${words.length - 1}; _tollgate
printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (script, words) => `compdef() { : }
${script}
compadd() { shift; print -rl -- "$@" }
_files() { print FILES }
words=(${words.map(quote).join(' ')}); CURRENT=${words.length}; _tollgate`,
  fish: (script, words) => `${script}
complete -C ${quote(words.join(' '))}`,
}

function quote(text: string): string {
  return `'${text}'`
}

for (const [shell, program] of Object.entries(shells)) {
  t.test(shell, { timeout: 60_000 }, async t => {
    if (spawnSync(shell, ['--version']).error !== undefined) {
      t.comment(`${shell} is not installed: not compared`)
      t.not(process.env.TOLLGATE_REQUIRE_LIVE, '1', 'it is required')
      return
    }
    const made = await inProcess(['completion', shell])
    t.equal(made.code, 0)
    const offered = (...words: string[]): string[] => {
      const done = spawnSync(shell, ['-c', program(made.out, ['tollgate', ...words])], {
        encoding: 'utf8',
        cwd: '/',
      })
      t.equal(done.stderr, '', words.join(' '))
      const last = words.at(-1) ?? ''
      const list = done.stdout.split('\n').map(line => line.split('\t')[0] ?? '')
      return list.filter(word => word !== '' && word.startsWith(last))
    }
    t.strictSame(offered('fl'), ['flows'])
    t.strictSame(offered('rules', 'te'), ['test'])
    t.strictSame(offered('alerts', 'a'), ['ack'])
    t.ok(offered('flows', '-Y', 'ver').includes('verdict'))
    t.ok(offered('flows', '--fol').includes('--follow'))
    t.strictSame(offered('replay', '-i', 'eth1', '--engine', 'tc'), ['tcpdump'])
    for (const command of commands) {
      const words = command.name.split(' ')
      const options = offered(...words, '--')
      const want = [...command.options, ...commonOptions]
        .filter(name => optionSpec(name).hidden !== true)
        .map(name => `--${name}`)
      const missing = want.filter(name => !options.includes(name))
      t.strictSame(missing, [], command.name)
    }
  })
}

t.test('every option of the tables is in every script', async t => {
  for (const shell of Object.keys(shells)) {
    const { out } = await inProcess(['completion', shell])
    for (const name of new Set(commands.flatMap(command => command.options))) {
      const { alias, hidden = false } = optionSpec(name)
      const long = shell === 'fish' ? `-l ${name} ` : `--${name}`
      t.equal(out.includes(long), !hidden, `${shell} ${name}`)
      if (alias !== undefined) t.ok(out.includes(shell === 'fish' ? `-s ${alias} ` : `-${alias}`))
    }
  }
  const wrong = await inProcess(['completion', 'csh'])
  t.equal(wrong.code, 2)
  t.match(wrong.err, /bash, zsh or fish/)
})
