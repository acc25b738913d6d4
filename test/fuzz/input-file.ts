/** Inputs as files that a person can read and change: hex with comments. One line `target NAME`, then for
 * each piece a line `piece TIME_US LINKTYPE WIRELEN` (or `piece` alone) and its octets in hex. Text behind
 * `#` is a comment; say there what was wrong. */

import { hex } from '../helpers/hex.js'
import type { Frame } from '../helpers/memory-source.js'
import type { Input } from './target.js'

const lineOctets = 32

export interface Reproduction {
  target: string
  input: Input
}

function hexLines(octets: Uint8Array): string[] {
  const lines: string[] = []
  for (let at = 0; at < octets.length; at += lineOctets) {
    lines.push(Buffer.from(octets.subarray(at, at + lineOctets)).toString('hex'))
  }
  return lines
}

export function inputText({ target, input }: Reproduction, comment: string): string {
  const lines = comment.split('\n').map(line => `# ${line}`)
  lines.push(`target ${target}`)
  for (const { octets, timeUs, linkType, wirelen } of input) {
    const head = [timeUs, linkType ?? 1, Math.max(wirelen ?? 0, octets.length)]
    lines.push(`piece ${head.join(' ')}`, ...hexLines(octets))
  }
  return `${lines.join('\n')}\n`
}

export function readInput(text: string): Reproduction {
  let target = ''
  const input: Frame[] = []
  for (const part of text.replace(/#.*$/gm, '').split(/^(?=piece|target)/m)) {
    const [first = '', ...rest] = part.trim().split('\n')
    const [word, ...values] = first.split(/\s+/)
    if (word === 'target') target = values[0] ?? ''
    else if (word === 'piece') {
      const [timeUs = 0, linkType = 1, wirelen = 0] = values.map(Number)
      const octets = hex(rest.join('\n'))
      input.push({ octets, timeUs, linkType, wirelen: Math.max(wirelen, octets.length) })
    }
  }
  if (target === '' || input.length === 0) throw new RangeError('no target or no piece')
  return { target, input }
}
