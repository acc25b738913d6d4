/** The table of captures/README.md: one row a scenario, made from its title and expected result. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseScenario } from '../../src/synth/parse-scenario.js'
import { type CaptureFiles, capturesFolder } from './capture-set.js'

const BEGIN = '<!-- table made by npm run captures -->'
const END = '<!-- end of table -->'

export const readmeFile = join(capturesFolder, 'README.md')

function row({ name, scenario }: CaptureFiles): string {
  const { title, expected } = parseScenario(readFileSync(scenario, 'utf8'), scenario).scenario
  const cell = (text: string) => text.replaceAll('|', '\\|').replace(/\s+/g, ' ').trim()
  return `| ${name} | ${cell(title)} | ${cell(expected ?? '')} |`
}

/** `text` with its table replaced by one of all scenarios. */
export function withTable(text: string, files: readonly CaptureFiles[]): string {
  const before = text.slice(0, text.indexOf(BEGIN) + BEGIN.length)
  const after = text.slice(text.indexOf(END))
  const head = '| capture | what it shows | expected result |\n| --- | --- | --- |'
  return `${before}\n\n${head}\n${files.map(row).join('\n')}\n\n${after}`
}
