/** Rule files of some size, made from a seed: level-1 rules (prefixes and ports) and rows of four kinds (names, URL
 * beginnings, globs, words). Charges alternate, so that order matters wherever rules overlap. */

import { Xorshift32 } from '../src/synth/xorshift.js'

function level1(random: Xorshift32, i: number): string {
  const octets = [10, random.below(256), random.below(256), 0]
  const bits = 16 + 4 * random.below(3)
  const mask =
    bits === 16 ? [255, 255, 0, 0] : bits === 20 ? [255, 255, 240, 0] : [255, 255, 255, 0]
  const server = `${octets.map((octet, n) => octet & (mask[n] ?? 0)).join('.')}/${bits}`
  const port = [80, 443, 8080, 9200 + random.below(4)][random.below(4)]
  const protocol = port === undefined || port < 9200 ? 'tcp' : 'udp'
  const table = random.chance(0.5) ? ', level2: t' : ''
  return `  - {id: ${i}, precedence: ${i}, match: {server: ${server}, protocol: ${protocol}, port: ${port}}, charge: ${1 + random.below(3)}${table}}`
}

function row(random: Xorshift32, i: number): string {
  const name = serverName(random)
  const match = [
    `{host: {suffix: ${name}}}`,
    `{url: "http://${name}/p${i}/*"}`,
    `{url: "http://*.${name}/*"}`,
    `{url: "*word${i}*"}`,
  ][i % 4]
  return `    - {precedence: ${i}, match: ${match}, charge: ${1 + random.below(3)}}`
}

/** Name of a server, one of a hundred thousand in each of fifty domains. */
export function serverName(random: Xorshift32): string {
  return `s${random.below(100_000)}.operator${random.below(50)}.example`
}

export function ruleText(level1Count: number, rowCount: number, seed: number): string {
  const random = new Xorshift32(seed)
  const numbers = (length: number) => Array.from({ length }, (_, i) => i)
  return [
    'ruleset: bench\nversion: "1"\nprofile: article\nproxies: [10.0.0.172]\nlevel1:',
    ...numbers(level1Count).map(i => level1(random, i)),
    'level2:\n  t:',
    ...numbers(rowCount).map(i => row(random, i)),
    'charges: {1: {tariff: free}, 2: {tariff: charged}, 3: {tariff: free}, 4: {tariff: charged}}',
    'default: 4',
  ].join('\n')
}
