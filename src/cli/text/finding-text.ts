/** What was found without being asked: traffic meant to be free that was charged, why, what the
 * same request would have been another way, and the remedy. */

import type { Alternative, FindingRecord } from '../../record/explain-record.js'
import { endpointText, groupDigits, octetsText } from '../../record/figures.js'
import { terminalText } from '../../record/text.js'
import { chargeParts, chargeText } from './rule-text.js'
import { counted } from './summary-text.js'
import { sentence, titled } from './titled.js'

/** `finding` is as the reader may see it (masked or not); `files`: how the captures were named. */
export function findingLines(
  finding: FindingRecord,
  files: readonly string[],
  width: number,
): string[] {
  const octets = finding.up_bytes + finding.down_bytes
  const who = [
    finding.imsi ?? 'unknown subscriber',
    finding.msisdn === undefined ? '' : `MSISDN ${finding.msisdn}`,
    headlineOf(finding),
  ]
  const where = `${endpointText(finding.server, finding.server_port)} ${finding.protocol}`
  const lines = [
    ...titled('Finding', who, width),
    ...titled(
      '',
      [
        terminalText(where),
        chargeText({ ...finding, tariff: isFlag(finding) ? 'free' : 'charged' }),
      ],
      width,
    ),
    ...titled(
      '',
      [
        `${octetsText(octets)} in ${counted(finding.flows.length, 'flow')}${flowList(finding.flows)}`,
        finding.at_risk_bytes === undefined ? '' : `${octetsText(finding.at_risk_bytes)} at risk`,
        `certainty ${finding.confidence}`,
      ],
      width,
    ),
    ...sentence('  why', withoutRemedy(finding), width),
  ]
  finding.evidence.forEach((text, i) => {
    lines.push(...sentence(i === 0 ? '  shown by' : '', text, width))
  })
  if (!isFlag(finding)) lines.push(...alternativeLines('  instead', finding.alternatives, width))
  lines.push(...remedyLines(finding.remedy, width))
  const [flow] = finding.flows
  if (flow !== undefined) {
    lines.push(...titled('  details', [`tollgate why ${readArguments(files)} ${flow}`], width))
  }
  return lines
}

function isFlag({ finding }: FindingRecord): boolean {
  return finding !== 'intended-free-but-charged'
}

const headlines: Readonly<Record<FindingRecord['finding'], string>> = {
  'intended-free-but-charged': '! meant to be free, but charged',
  'host-spoof': "! free by a name that is not the server's (host-spoof)",
  'dns-nonconforming': '! free by port 53, but no handset asking a resolver (dns-nonconforming)',
  'retx-payload-differs': '! sent again with other octets (retx-payload-differs)',
  'connect-anywhere': '! free CONNECT to anywhere (connect-anywhere)',
  'url-conflict': '! free by one of several URLs (url-conflict)',
}

function headlineOf({ finding }: FindingRecord): string {
  return headlines[finding]
}

/** The captures as they can be typed again; a name that a shell would take apart is left open. */
export function readArguments(files: readonly string[]): string {
  const plain = files.length > 0 && files.every(file => /^[\w./][\w./-]*$/.test(file))
  return plain ? files.map(file => `-r ${file}`).join(' ') : '-r FILE'
}

/** The sentence ends with the remedy, which has a line of its own here. */
export function withoutRemedy(record: { text: string; remedy?: string }): string {
  const { text, remedy } = record
  if (remedy === undefined || !text.endsWith(remedy)) return text
  return text.slice(0, -remedy.length).trimEnd()
}

export function remedyLines(remedy: string | undefined, width: number): string[] {
  return remedy === undefined ? [] : sentence('  remedy', remedy.replace(/^Remedy: /, ''), width)
}

const mostFlows = 6

/** ` (12, 14, 31)`; the numbers are arguments of `tollgate why`. */
function flowList(flows: readonly string[]): string {
  const shown = flows.slice(0, mostFlows).map(terminalText)
  const more = flows.length - shown.length
  return ` (${shown.join(', ')}${more > 0 ? ` and ${groupDigits(more)} more` : ''})`
}

/** Ways in which the same request would be free; that there is none, when there is none. */
export function alternativeLines(
  title: string,
  alternatives: readonly Alternative[],
  width: number,
): string[] {
  if (alternatives.length === 0) return []
  const free = alternatives.filter(other => other.tariff === 'free')
  if (free.length === 0) return titled(title, ['no other port of this server would be free'], width)
  return free.flatMap((other, i) => {
    const request = other.request === undefined ? '' : `with ${terminalText(other.request)}`
    return [
      ...titled(i === 0 ? title : '', [terminalText(other.change), request], width),
      ...titled('', chargeParts(other), width).map(line => `  ${line}`),
    ]
  })
}
