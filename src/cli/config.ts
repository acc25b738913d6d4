/** `tollgate config check|show|path`: what the daemon would be told, from where, and whether it is right. */

import { existsSync } from 'node:fs'
import { terminalText } from '../record/text.js'
import { engineFor, rulesPath } from './choose-rules.js'
import type { Invocation } from './command.js'
import { systemConfig } from './config-file.js'
import { type ExitCode, exitCode } from './fail.js'
import { objectLine } from './output/json.js'
import { tableLines } from './output/table.js'
import { boundsOf } from './run-bounds.js'
import { configPaths, metricsAddress, type Settings, settingNames, settingsOf } from './settings.js'

/** Files, values and rules; the first thing that is wrong ends it with exit 3. */
export async function configCheck(call: Invocation): Promise<ExitCode> {
  const { options, files } = settingsOf(call.options, process.env)
  metricsAddress(options.metrics ?? 'off')
  boundsOf(options)
  const path = rulesPath(options, call.terminal)
  const { set } = engineFor(path, options.profile)
  if (!call.options.quiet) {
    const read = files.length === 0 ? 'no configuration file' : files.map(terminalText).join(', ')
    call.terminal.out.line(`ok: ${read}; rules ${terminalText(path)}, version ${set.version}`)
  }
  return exitCode.done
}

export async function configShow(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const settings = settingsOf(options, process.env)
  const told = toldOf(settings)
  if (options.json) {
    for (const one of told)
      terminal.out.line(objectLine({ type: 'setting', schema: 'tollgate.setting/1', ...one }))
    return exitCode.done
  }
  const columns = [{ head: 'Key' }, { head: 'Value', flexible: 24, wraps: true }]
  const rows = told.map(({ key, value, origin }) => {
    const cells = [key, terminalText(value)]
    return options.origin ? [...cells, terminalText(origin)] : cells
  })
  const heads = options.origin ? [...columns, { head: 'Origin' }] : columns
  for (const line of tableLines(heads, rows, terminal.columns)) terminal.out.line(line)
  return exitCode.done
}

function toldOf({ options, origins }: Settings): { key: string; value: string; origin: string }[] {
  return settingNames.map(name => {
    const value = options[name]
    const text = Array.isArray(value) ? value.join(', ') : String(value ?? '')
    return { key: name, value: text === '' ? '-' : text, origin: origins.get(name) ?? 'default' }
  })
}

/** The files in the order in which they count. */
export async function configPath(call: Invocation): Promise<ExitCode> {
  const paths = configPaths(call.options, process.env)
  if (!paths.includes(systemConfig)) paths.push(systemConfig)
  for (const path of paths) {
    call.terminal.out.line(`${terminalText(path)}${existsSync(path) ? '' : ' (absent)'}`)
  }
  return exitCode.done
}
