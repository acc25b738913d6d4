/** Complaint cases for people: one case as its file has it, and what fits a subscriber. */

import type { CaseEntry } from '../../cases/library.js'
import type {
  CaseEvidence,
  CaseMatchRecord,
  HandsetRecord,
  HandsetSteps,
  Language,
} from '../../record/case-record.js'
import { groupDigits, octetsText } from '../../record/figures.js'
import { plainText, terminalText } from '../../record/text.js'
import { portsOf } from '../../rules/remedy.js'
import { readArguments } from './finding-text.js'
import { counted } from './summary-text.js'
import { titled } from './titled.js'
import { wideSentence } from './wide-text.js'

/** Words of the frame around texts of a case. */
const words: Record<Language, Record<string, string>> = {
  en: {
    title: 'Case',
    symptom: '  symptom',
    cause: '  cause',
    remedy: '  remedy',
    tell: '  tell',
    shown: '  shown by',
    charged: '  charged',
    handset: 'Handset',
    replace: '  replace',
    generic: 'general steps, not checked on this model',
    unknown: 'not recognised',
    unseen: 'nothing in the capture tells it',
    none: 'no case fits',
    port: 'to change the port',
    to: ' to ',
    protocol: 'to change the protocol',
    proxy: 'to set the gateway',
  },
  zh: {
    title: '案例',
    symptom: '  现象',
    cause: '  原因',
    remedy: '  处理',
    tell: '  告知用户',
    shown: '  依据',
    charged: '  计费',
    handset: '终端',
    replace: '  更换终端',
    generic: '通用步骤，未在此机型上核对',
    unknown: '未识别',
    unseen: '抓包中没有终端信息',
    none: '没有相符的案例',
    port: '修改端口',
    to: '为 ',
    protocol: '修改协议',
    proxy: '设置网关',
  },
}

/** A case as its file has it. */
export function caseLines(entry: CaseEntry, lang: Language, width: number): string[] {
  const { shape, evidence, file, replaces } = entry
  const word = words[lang]
  const lines = [
    ...wideSentence(word.title ?? '', `${shape.case}: ${shape.title[lang]}`, width),
    ...wideSentence(word.symptom ?? '', shape.symptom[lang], width),
  ]
  evidence.forEach((one, i) => {
    const needed = one.needed ? '' : ' (optional)'
    const scope = one.scope === 'subscriber' && one.of === 'flow' ? ' (any flow)' : ''
    const title = i === 0 ? (word.shown ?? '') : ''
    lines.push(...wideSentence(title, `${one.of}${needed}${scope}: ${one.pattern}`, width))
    if (one.shows !== undefined) lines.push(...wideSentence('', `  ${one.shows[lang]}`, width))
  })
  lines.push(
    ...wideSentence(word.cause ?? '', shape.cause[lang], width),
    ...wideSentence(word.remedy ?? '', shape.remedy[lang], width),
  )
  if (shape.tell) lines.push(...wideSentence(word.tell ?? '', shape.tell[lang], width))
  if (shape.capture) lines.push(...titled('  capture', [terminalText(shape.capture)], width))
  if (shape.source) lines.push(...wideSentence('  source', shape.source, width))
  lines.push(...titled('  file', [terminalText(file)], width))
  if (replaces !== undefined) lines.push(...titled('  replaces', [terminalText(replaces)], width))
  return lines
}

/** Who it is about. The record is as the reader may see it. */
export function subjectLines(
  who: { imsi?: string | undefined; msisdn?: string | undefined },
  handset: HandsetRecord,
  lang: Language,
  width: number,
): string[] {
  const number = who.msisdn === undefined ? '' : `MSISDN ${who.msisdn}`
  return [
    ...titled('Subscriber', [who.imsi ?? 'unknown', number], width),
    ...wideSentence(words[lang].handset ?? '', handsetText(handset, lang), width),
  ]
}

export function noCaseLines(lang: Language, width: number): string[] {
  return wideSentence(words[lang].title ?? '', words[lang].none ?? '', width)
}

function handsetText(handset: HandsetRecord, lang: Language): string {
  const { brand, model, wap, wap_by, by, value, user_agent, ua_profile, tac, conflicts } = handset
  const word = words[lang]
  const clues = [user_agent, ua_profile, tac === undefined ? undefined : `TAC ${tac}`]
  const seen = clues.filter(one => one !== undefined).map(terminalText)
  if (!handset.known && seen.length === 0) return `${word.unknown}: ${word.unseen}`
  const parts = [
    brand === undefined ? (word.unknown ?? '') : plainText(`${brand} ${model ?? ''}`).trim(),
  ]
  if (wap !== undefined) parts.push(`WAP ${wap}${wap_by === 'inferred' ? ' (inferred)' : ''}`)
  if (by !== undefined) parts.push(`by ${by} ${terminalText(value ?? '')}`)
  else parts.push(...seen)
  if (conflicts !== undefined) parts.push(`but also: ${plainText(conflicts.join(', '))}`)
  return parts.join(', ')
}

/** One case that fits; `files`: how the captures were named. */
export function matchLines(
  record: CaseMatchRecord,
  files: readonly string[],
  width: number,
): string[] {
  const word = words[record.lang]
  const lines = [
    ...wideSentence(word.title ?? '', `${record.case}: ${record.title}`, width),
    ...wideSentence(word.symptom ?? '', record.symptom, width),
    ...evidenceLines(record, width),
    ...wideSentence(word.charged ?? '', chargedText(record), width),
    ...wideSentence(word.cause ?? '', record.cause, width),
    ...wideSentence(word.remedy ?? '', record.remedy, width),
    ...record.steps.flatMap(steps => stepLines(steps, record, width)),
  ]
  if (record.advice !== undefined) {
    lines.push(...wideSentence(word.replace ?? '', record.advice, width))
  }
  if (record.tell !== undefined) lines.push(...wideSentence(word.tell ?? '', record.tell, width))
  const [flow] = record.flows
  if (flow !== undefined) {
    lines.push(...titled('  details', [`tollgate why ${readArguments(files)} ${flow}`], width))
  }
  return lines
}

function chargedText(record: CaseMatchRecord): string {
  const shown = record.flows.slice(0, 6)
  const count = record.flows.length + (record.flows_left_out ?? 0)
  const more = count - shown.length
  const list = `${shown.join(', ')}${more > 0 ? ` and ${groupDigits(more)} more` : ''}`
  const flows = count === 0 ? '' : ` in ${counted(count, 'flow')} (${list})`
  return `${octetsText(record.charged_bytes)} of ${octetsText(record.bytes)}${flows}`
}

function evidenceLines(record: CaseMatchRecord, width: number): string[] {
  let before = ''
  return record.evidence.flatMap((one, i) => {
    const title = i === 0 ? (words[record.lang].shown ?? '') : ''
    const lines: string[] = []
    const isNew = one.pattern !== before
    before = one.pattern
    if (one.shows !== undefined && isNew) lines.push(...wideSentence(title, one.shows, width))
    const head = lines.length > 0 ? '' : title
    return [...lines, ...wideSentence(head, evidenceText(one), width)]
  })
}

function evidenceText(one: CaseEvidence): string {
  const place =
    one.flow === undefined
      ? one.frame === undefined
        ? one.of
        : `${one.of} in frame ${one.frame}`
      : one.n === undefined
        ? `flow ${one.flow}`
        : `flow ${one.flow} request ${one.n}`
  const fields = Object.entries(one.fields).map(([name, value]) => `${name} ${value}`)
  const more = one.more === undefined ? '' : `  and ${groupDigits(one.more)} more`
  return terminalText(`${place}: ${fields.join(', ')}${more}`)
}

function stepLines(steps: HandsetSteps, record: CaseMatchRecord, width: number): string[] {
  const { lang, handset } = record
  const word = words[lang]
  const isPort = steps.kind === 'port' && handset.wap !== undefined
  const ports = isPort ? `${word.to}${portsOf[handset.wap ?? '2.0'].join('/')}` : ''
  const note = steps.generic ? ` (${word.generic})` : ''
  return [
    ...wideSentence(
      `  ${lang === 'zh' ? '步骤' : 'steps'}`,
      `${word[steps.kind]}${ports}${note}`,
      width,
    ),
    ...steps.text.flatMap((text, i) => wideSentence('', `${i + 1}. ${text}`, width)),
  ]
}
