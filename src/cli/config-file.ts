/** Configuration files: YAML whose keys are the daemon's long options. Whatever is wrong is told with its place; an
 * unknown key is an error with a suggestion, not a silence. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { isMap, isScalar, isSeq, LineCounter, type Pair, parseDocument, type Scalar } from 'yaml'
import { nearestWord } from '../record/filter/nearest.js'
import { decodeText, terminalText } from '../record/text.js'
import { exitCode, Failure } from './fail.js'
import { type OptionName, optionSpec } from './options.js'

/** Of the machine; read when there is one. */
export const systemConfig = '/etc/tollgate/config.yaml'
const largestFile = 1 << 20

export type ConfigValue = string | number | boolean | readonly string[]

export interface ConfigFile {
  path: string
  values: Map<OptionName, { value: ConfigValue; at: string }>
}

/** Throws a Failure, exit 3, that names the place. `keys`: what may stand in it. */
export function readConfigFile(path: string, keys: readonly OptionName[]): ConfigFile {
  const wrong = (why: string, hint?: string) =>
    new Failure(exitCode.rules, `${terminalText(path)}${why}`, hint === undefined ? {} : { hint })
  const text = readText(path, why => wrong(`: ${why}`))
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset)
    return `${line}:${col}`
  }
  const [error] = document.errors
  if (error !== undefined) throw wrong(`:${place(error.pos[0])}: ${error.message}`)
  const values: ConfigFile['values'] = new Map()
  const { contents } = document
  if (contents === null || (isScalar(contents) && contents.value === null)) return { path, values }
  if (!isMap(contents)) throw wrong(`:1:1: not a list of "key: value"`)
  for (const { key, value } of contents.items as Pair<Scalar, unknown>[]) {
    const at = place(key.range?.[0] ?? 0)
    const name = keys.find(one => one === key.value)
    if (name === undefined) {
      const near = nearestWord(String(key.value), keys)
      throw wrong(`:${at}: unknown key "${terminalText(String(key.value))}"`, near)
    }
    const told = settingValue(name, value)
    if (typeof told === 'object' && 'why' in told) throw wrong(`:${at}: ${name}: ${told.why}`)
    values.set(name, { value: told, at: `${path}:${at}` })
  }
  return { path, values }
}

function readText(path: string, wrong: (why: string) => Failure): string {
  if (!existsSync(path)) throw wrong('no such file')
  try {
    if (statSync(path).size > largestFile) throw wrong(`larger than ${largestFile} octets`)
    const { text, lossy } = decodeText(readFileSync(path))
    if (lossy) throw wrong('not UTF-8 text')
    return text
  } catch (error) {
    if (error instanceof Failure) throw error
    throw wrong(error instanceof Error && 'code' in error ? String(error.code) : String(error))
  }
}

/** As the option of that name takes it, or why not. */
function settingValue(name: OptionName, node: unknown): ConfigValue | { why: string } {
  const { kind, choices } = optionSpec(name)
  if (kind === 'list') {
    const items = isSeq(node) ? node.items : [node]
    const texts = items.map(item => (isScalar(item) ? item.value : undefined))
    if (texts.some(text => typeof text !== 'string' && typeof text !== 'number')) {
      return { why: 'a list of texts is needed' }
    }
    return texts.map(String)
  }
  const value = isScalar(node) ? node.value : undefined
  if (kind === 'flag')
    return typeof value === 'boolean' ? value : { why: 'true or false is needed' }
  if (kind === 'number') {
    const isWhole = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    return isWhole ? value : { why: 'a whole number is needed' }
  }
  // YAML takes `off` for what it says
  const text = value === false && name === 'metrics' ? 'off' : value
  if (typeof text !== 'string' && typeof text !== 'number') return { why: 'a text is needed' }
  if (choices !== undefined && !choices.includes(String(text))) {
    return { why: `"${terminalText(String(text))}" is not one of ${choices.join(', ')}` }
  }
  return String(text)
}
