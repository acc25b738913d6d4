/** One frame as one line: number, time, who to whom, protocols, the fields worth most. */

import { inspectors } from '../../inspect/all.js'
import type { FrameRecord } from '../../record/frame-record.js'
import { cut, terminalText } from '../../record/text.js'
import { clockTime, parseTime } from '../../record/time.js'

/** Layers that say nothing in a line unless there is none behind them. */
const carriers: ReadonlySet<string> = new Set(
  'eth vlan pppoes mpls sll sll2 null ip ipv6 udp tcp sctp'.split(' '),
)
/** A value that alone would fill the line. */
const longestValue = 60
const mostValues = 3

const summaries = new Map(inspectors.map(one => [one.name, one.summary ?? []]))

export function frameLine(record: FrameRecord, utc: boolean, width: number): string {
  const timeUs = parseTime(record.ts)
  const clock = timeUs === undefined ? record.ts : clockTime(timeUs, utc)
  const last = record.layers.length - 1
  const layers = record.layers.filter((name, i) => i === last || !carriers.has(name))
  const parts = [
    String(record.frame).padStart(6),
    clock,
    endsText(record),
    layers.join(':'),
    summaryText(record),
  ]
  return cut(terminalText(parts.filter(part => part !== '').join('  ')), width)
}

/** Innermost addresses and ports. */
function endsText(record: FrameRecord): string {
  const { fields, layers } = record
  const version = layers.lastIndexOf('ipv6') > layers.lastIndexOf('ip') ? 'ipv6' : 'ip'
  const transport = ['tcp', 'udp', 'sctp'].reduce(
    (best, name) => (layers.lastIndexOf(name) > layers.lastIndexOf(best) ? name : best),
    '',
  )
  const above = layers.lastIndexOf(transport) > layers.lastIndexOf(version)
  const end = (side: 'src' | 'dst') => {
    const address = fields[`${version}.${side}`]?.at(-1)
    if (address === undefined) return fields[`eth.${side}`]?.at(-1) ?? ''
    const port = above ? fields[`${transport}.${side}port`]?.at(-1) : undefined
    const shown = version === 'ipv6' && port !== undefined ? `[${address}]` : address
    return port === undefined ? shown : `${shown}:${port}`
  }
  const [src, dst] = [end('src'), end('dst')]
  return src === '' && dst === '' ? '' : `${src} > ${dst}`
}

/** `method=GET full_uri=http://...`, the innermost layer first. */
function summaryText(record: FrameRecord): string {
  const shown: string[] = []
  const malformed = record.fields['_ws.malformed']
  if (malformed !== undefined) shown.push(`MALFORMED ${malformed.join(' ')}`)
  for (const layer of [...new Set(record.layers)].reverse()) {
    for (const name of summaries.get(layer) ?? []) {
      const values = record.fields[name]
      if (values === undefined) continue
      const more = values.length > mostValues ? ',..' : ''
      const text = values.slice(0, mostValues).join(',')
      shown.push(`${name.slice(name.lastIndexOf('.') + 1)}=${cut(text, longestValue)}${more}`)
    }
  }
  return shown.join(' ')
}
