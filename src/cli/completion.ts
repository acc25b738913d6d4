/** `tollgate completion bash|zsh|fish`: a script that completes commands, options, their values and the fields of
 * filters. Made from the tables of commands and options, as the help is. */

import { fieldNames } from '../record/filter/all.js'
import { commands } from './all.js'
import type { Command, Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import { commonOptions, type OptionName, optionNames, optionSpec } from './options.js'

const shells = ['bash', 'zsh', 'fish'] as const

export async function completion(call: Invocation): Promise<ExitCode> {
  const shell = shells.find(one => one === call.positionals[0])
  if (shell === undefined) {
    throw usageFailure('completion needs a shell: bash, zsh or fish', 'tollgate completion bash')
  }
  call.terminal.out.write(scripts[shell]())
  return exitCode.done
}

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const

/** Options whose value is a file or a folder. */
const pathValues = new Set(['FILE', 'DIR', 'PATH', 'FILE|DIR'])

function optionsOf(command: Command): OptionName[] {
  return [...command.options, ...commonOptions].filter(name => optionSpec(name).hidden !== true)
}

/** As typed: `-r --read`. */
function spellings(name: OptionName): string[] {
  const { alias } = optionSpec(name)
  return alias === undefined ? [`--${name}`] : [`-${alias}`, `--${name}`]
}

const firstWords = [...new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''))]

function secondWords(first: string): string[] {
  return commands.flatMap(({ name }) =>
    name.startsWith(`${first} `) ? [name.split(' ')[1] ?? ''] : [],
  )
}

const families = firstWords.filter(first => secondWords(first).length > 0)

function valueCases(indent: string): string[] {
  const lines: string[] = []
  const paths: string[] = []
  for (const name of optionNames) {
    const { choices, value = '' } = optionSpec(name)
    if (choices !== undefined) {
      lines.push(`${spellings(name).join('|')}) offer="${choices.join(' ')}" ;;`)
    } else if (name === 'filter') {
      lines.push(`${spellings(name).join('|')}) offer="${[...fieldNames()].join(' ')}" ;;`)
    } else if (pathValues.has(value) && optionSpec(name).hidden !== true)
      paths.push(...spellings(name))
  }
  lines.push(`${paths.join('|')}) files=1 ;;`)
  return lines.map(line => indent + line)
}

function commandCases(indent: string): string[] {
  const longestFirst = [...commands].sort((a, b) => b.name.length - a.name.length)
  return longestFirst.map(command => {
    const words = optionsOf(command).flatMap(spellings)
    const pattern = command.name.includes(' ') ? `"${command.name}"` : `"${command.name} "*`
    return `${indent}${pattern}) options="${words.join(' ')}" ;;`
  })
}

/** What bash and zsh share: sets `offer`, `options` and `files` from `first`, `second`, `prev`. */
function choosing(): string[] {
  return [
    '  case "$prev" in',
    ...valueCases('    '),
    '  esac',
    '  case "$first $second" in',
    ...commandCases('    '),
    '  esac',
    '  if [[ -z "$offer" && -z "$files" ]]; then',
    '    if [[ "$cur" == -* ]]; then offer="$options"',
    `    elif [[ -z "$first" ]]; then offer="${firstWords.join(' ')}"`,
    '    else',
    '      files=1',
    '      if [[ -z "$second" ]]; then case "$first" in',
    ...families.map(first => `        ${first}) offer="${secondWords(first).join(' ')}" ;;`),
    '      esac; fi',
    '    fi',
    '  fi',
  ]
}

function bashScript(): string {
  return `# bash completion of tollgate: eval "$(tollgate completion bash)"
_tollgate() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local first="" second="" offer="" options="" files="" i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ "$word" == -* ]]; then continue; fi
    if [[ -z "$first" ]]; then first="$word"; elif [[ -z "$second" ]]; then second="$word"; fi
  done
${choosing().join('\n')}
  COMPREPLY=()
  if [[ -n "$offer" ]]; then COMPREPLY=($(compgen -W "$offer" -- "$cur")); fi
  if [[ -n "$files" && "\${#COMPREPLY[@]}" == 0 ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$cur"))
  fi
}
complete -F _tollgate tollgate
`
}

function zshScript(): string {
  return `#compdef tollgate
# zsh completion of tollgate: a file _tollgate in $fpath, or eval "$(tollgate completion zsh)"
_tollgate() {
  local cur="\${words[CURRENT]}" prev="\${words[CURRENT-1]}"
  local first="" second="" offer="" options="" files="" i word
  for ((i = 2; i < CURRENT; i++)); do
    word="\${words[i]}"
    if [[ "$word" == -* ]]; then continue; fi
    if [[ -z "$first" ]]; then first="$word"; elif [[ -z "$second" ]]; then second="$word"; fi
  done
${choosing().join('\n')}
  if [[ -n "$offer" ]]; then compadd -- \${=offer}; fi
  if [[ -n "$files" ]]; then _files; fi
}
if [[ "\${funcstack[1]}" == _tollgate ]]; then _tollgate "$@"; else compdef _tollgate tollgate; fi
`
}

function fishScript(): string {
  const lines = [
    '# fish completion of tollgate: tollgate completion fish | source',
    'complete -c tollgate -f',
  ]
  const none = `not __fish_seen_subcommand_from ${firstWords.join(' ')}`
  for (const first of firstWords) {
    const own =
      commands.find(({ name }) => name === first) ??
      commands.find(({ name }) => name.startsWith(`${first} `))
    lines.push(`complete -c tollgate -n '${none}' -a ${first} -d ${quoted(own?.doc ?? '')}`)
  }
  for (const first of families) {
    const words = secondWords(first)
    const when = `__fish_seen_subcommand_from ${first}; and not __fish_seen_subcommand_from ${words.join(' ')}`
    for (const second of words) {
      const doc = commands.find(({ name }) => name === `${first} ${second}`)?.doc ?? ''
      lines.push(`complete -c tollgate -n '${when}' -a ${second} -d ${quoted(doc)}`)
    }
  }
  for (const command of commands) {
    const [first = '', second] = command.name.split(' ')
    const seen = second === undefined ? first : second
    const when = `__fish_seen_subcommand_from ${seen}`
    for (const name of optionsOf(command)) lines.push(fishOption(name, when))
    if (command.positionals[1] > 0) lines.push(`complete -c tollgate -n '${when}' -F`)
  }
  return text(...lines)
}

function fishOption(name: OptionName, when: string): string {
  const { alias, choices, doc, kind, value = '' } = optionSpec(name)
  const short = alias === undefined ? '' : ` -s ${alias}`
  const takes = kind === 'flag' || kind === 'level' ? '' : ' -r'
  const list = choices ?? (name === 'filter' ? [...fieldNames()] : undefined)
  const values =
    list !== undefined ? ` -a ${quoted(list.join(' '))}` : pathValues.has(value) ? ' -F' : ''
  return `complete -c tollgate -n '${when}'${short} -l ${name}${takes}${values} -d ${quoted(doc)}`
}

function quoted(doc: string): string {
  return `'${doc.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

function text(...lines: string[]): string {
  return `${lines.join('\n')}\n`
}
