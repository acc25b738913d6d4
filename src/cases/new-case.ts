/** A case file made from one flow and what explains it: complete as it stands, to be put into better words by
 * whoever knows the complaint. */

import { stringify } from 'yaml'
import type { ExplainRecord } from '../record/explain-record.js'
import { isReserved } from '../record/filter/parser.js'
import type { FlowRecord } from '../record/flow-record.js'
import type { CaseShape } from './case-file.js'

/** `flow` and `explained` as people may see them: masked. */
export function newCaseText(
  id: string,
  flow: FlowRecord,
  explained: ExplainRecord,
  capture: string,
): string {
  const place = flow.server_port === undefined ? flow.server : `${flow.server}:${flow.server_port}`
  const state = { en: stateText[flow.verdict].en, zh: stateText[flow.verdict].zh }
  const rule = flow.level1 === undefined ? '' : ` by L1-${flow.level1}`
  const remedy = oneLine((explained.remedy ?? '').replace(/^Remedy: /, ''))
  const why = oneLine(explained.text.replace(explained.remedy ?? '', ''))
  const free = explained.alternatives.filter(one => one.tariff === 'free')
  const ports = [...new Set(free.map(one => one.server_port))]
  const shape: CaseShape = {
    case: id,
    title: {
      en: `Traffic to ${place} (${flow.app}) is ${state.en}${rule}`,
      zh: `访问 ${place}（${flow.app}）的流量${state.zh}`,
    },
    symptom: {
      en: `The subscriber complains of traffic to ${place} that is ${state.en}.`,
      zh: `用户投诉访问 ${place} 的流量${state.zh}。`,
    },
    evidence: [
      {
        flow: patternOf(flow),
        shows: {
          en: `a flow to ${place} that is ${state.en}`,
          zh: `访问 ${place} 的连接${state.zh}`,
        },
      },
    ],
    cause: {
      en: why,
      zh: `按规则集 ${explained.rules.name} ${explained.rules.version} 的判定过程：${why}`,
    },
    remedy:
      ports.length === 0
        ? {
            en: `Under rule set ${explained.rules.name} no other port of this server is known to be free.`,
            zh: `在规则集 ${explained.rules.name} 下，未发现该服务器有免费的其他端口。`,
          }
        : {
            en: remedy || `Free on port ${ports.join(', ')} of the same server.`,
            zh: `改用同一服务器的 ${ports.join('、')} 端口时免费。`,
          },
    ...(ports.length === 0 ? {} : { steps: ['port'] }),
    capture,
    source: `cut from a capture; profile ${explained.profile} ${explained.profile_version}`,
  }
  return `# yaml-language-server: $schema=case.schema.json\n${stringify(shape, { lineWidth: 100 })}`
}

const stateText: Record<FlowRecord['verdict'], { en: string; zh: string }> = {
  FREE: { en: 'free', zh: '免费' },
  CHRG: { en: 'charged', zh: '被收费' },
  BLCK: { en: 'blocked', zh: '被阻断' },
  MIXD: { en: 'charged in part', zh: '部分被收费' },
  PEND: { en: 'not decided', zh: '尚未判定' },
  UNKN: { en: 'of no known tariff', zh: '费率未知' },
}

function patternOf(flow: FlowRecord): string {
  const tests = [`server == ${flow.server}`]
  if (flow.server_port !== undefined) tests.push(`server_port == ${flow.server_port}`)
  tests.push(`protocol == ${flow.protocol}`, `app == ${flow.app}`)
  // a name may hold the subscriber's number, which is masked here
  if (flow.host !== undefined && !flow.host.includes('*'))
    tests.push(`host == ${quoted(flow.host)}`)
  tests.push(`verdict == ${flow.verdict}`)
  return tests.join(' and ')
}

function quoted(text: string): string {
  if (/^[\w.-]+$/.test(text) && !isReserved(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}
