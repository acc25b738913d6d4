/** The daemon's settings: an option counts before TOLLGATE_* of the environment, that before the file named with
 * --config, that before /etc/tollgate/config.yaml, that before what is usual. Where each came from is kept. */

import { existsSync } from 'node:fs'
import { usualSocket } from '../daemon/socket-path.js'
import { type ConfigFile, type ConfigValue, readConfigFile, systemConfig } from './config-file.js'
import { exitCode, Failure, usageFailure } from './fail.js'
import { capture, model } from './option-groups.js'
import { type OptionName, type Options, optionSpec } from './options.js'
import { boundOptions } from './run-bounds.js'

/** What a configuration file may say; the names are those of the options. */
export const settingNames: readonly OptionName[] = [
  ...capture,
  ...model,
  ...boundOptions,
  'socket',
  'state',
  'metrics',
  'log-format',
  'name',
]

type Env = Readonly<Record<string, string | undefined>>

export interface Settings {
  /** with everything filled in */
  options: Options
  origins: Map<OptionName, string>
  files: readonly string[]
}

export function configPaths(options: Options, env: Env): string[] {
  const named = options.config ?? (env.TOLLGATE_CONFIG || undefined)
  const paths = named === undefined ? [] : [named]
  if (existsSync(systemConfig) && named !== systemConfig) paths.push(systemConfig)
  return paths
}

/** Throws a Failure for a file or a variable that is wrong. */
export function settingsOf(options: Options, env: Env): Settings {
  const files = configPaths(options, env).map(path => readConfigFile(path, settingNames))
  const filled: Record<string, unknown> = { ...options }
  const origins = new Map<OptionName, string>()
  for (const name of settingNames) {
    const { value, origin } = settingOf(name, options, env, files)
    if (value !== undefined) filled[name] = value
    origins.set(name, origin)
  }
  return { options: filled as Options, origins, files: files.map(({ path }) => path) }
}

interface Setting {
  value: ConfigValue | undefined
  origin: string
}

function settingOf(
  name: OptionName,
  options: Options,
  env: Env,
  files: readonly ConfigFile[],
): Setting {
  const variable = `TOLLGATE_${name.toUpperCase().replaceAll('-', '_')}`
  const told = env[variable] ?? ''
  const typed = options[name]
  const isTyped = Array.isArray(typed) ? typed.length > 0 : typed !== undefined && typed !== false
  // an option with a variable of its own has been filled in from it
  if (isTyped && !(told !== '' && typed === told)) {
    return { value: typed, origin: `--${name}` }
  }
  if (told !== '') return { value: ofVariable(name, variable, told), origin: variable }
  for (const { values } of files) {
    const found = values.get(name)
    if (found !== undefined) return { value: found.value, origin: found.at }
  }
  return { value: usual(name, env), origin: 'default' }
}

function ofVariable(name: OptionName, variable: string, text: string): ConfigValue {
  const { kind, choices } = optionSpec(name)
  const wrong = (why: string) => new Failure(exitCode.rules, `${variable}: "${text}" ${why}`)
  if (kind === 'list') return text.split(',').map(part => part.trim())
  if (kind === 'flag') {
    if (text !== 'true' && text !== 'false') throw wrong('is not true or false')
    return text === 'true'
  }
  if (kind === 'number') {
    if (!/^\d+$/.test(text)) throw wrong('is not a whole number')
    return Number(text)
  }
  if (choices !== undefined && !choices.includes(text)) {
    throw wrong(`is not one of ${choices.join(', ')}`)
  }
  return text
}

function usual(name: OptionName, env: Env): ConfigValue | undefined {
  const isRoot = process.geteuid?.() === 0
  if (name === 'socket') return usualSocket(env, isRoot)
  if (name === 'metrics') return '127.0.0.1:9464'
  if (name === 'log-format') return 'text'
  if (name !== 'state') return undefined
  const own = env.XDG_STATE_HOME || `${env.HOME ?? ''}/.local/state`
  const folder = env.STATE_DIRECTORY || (isRoot ? '/var/lib/tollgate' : `${own}/tollgate`)
  return `${folder}/state.db`
}

/** `127.0.0.1:9464`, `[::1]:9464`; undefined: off. Throws a Failure. */
export function metricsAddress(text: string): { host: string; port: number } | undefined {
  if (text === 'off') return undefined
  const [, bracketed, plain, digits = ''] =
    /^(?:\[([\da-fA-F:]+)\]|([^:]*)):(\d+)$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host === undefined || host === '' || digits === '' || port > 65_535) {
    throw usageFailure(`--metrics: "${text}" is not ADDRESS:PORT or off`, '127.0.0.1:9464')
  }
  return { host, port }
}
