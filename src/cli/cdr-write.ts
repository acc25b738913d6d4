/** `tollgate cdr write`: what is predicted, in the forms of charging records. */

import { existsSync } from 'node:fs'
import { isRecordable, predictedRecords, UsageContexts } from '../charging/predicted-records.js'
import { usageColumns } from '../charging/usage-columns.js'
import { cdrFile } from '../charging/write-cdr-file.js'
import { type PredictedRecord, type RecordForm, writeRecord } from '../charging/write-record.js'
import { groupDigits, octetsText } from '../record/figures.js'
import type { SubscriberRecord } from '../record/subscriber-record.js'
import { terminalText } from '../record/text.js'
import type { UsageRecord } from '../record/usage-record.js'
import { analyse, capturePaths, ending } from './analyse.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, usageFailure } from './fail.js'
import { Funnel } from './funnel.js'
import { writeWhole } from './output/atomic-file.js'
import { csvLine } from './output/csv.js'
import { forReader } from './output/record-writer.js'
import { selectionOf } from './select.js'
import { counted } from './text/summary-text.js'

const forms = ['pgw-cdr', 'egcdr', 'csv'] as const
const latestUs = Number.MAX_SAFE_INTEGER

export async function cdrWrite(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = capturePaths('cdr write', options.read)
  const { output: out } = options
  const form = formOf(options.form)
  if (out === undefined) {
    throw usageFailure('cdr write needs -o FILE', 'tollgate cdr write -r CAPTURE -o FILE')
  }
  if (out !== '-' && existsSync(out) && !options.force) {
    throw usageFailure(`${terminalText(out)}: exists`, '--force')
  }
  const engine = chooseRules(options, terminal)
  const usage: UsageRecord[] = []
  const subscribers: SubscriberRecord[] = []
  const funnel = new Funnel(['usage', 'subscriber'], selectionOf(options), record => {
    if (record.type === 'usage') usage.push(record)
    else if (record.type === 'subscriber') subscribers.push(record)
  })
  const analysis = await analyse(call, paths, engine, funnel)
  const contexts = new UsageContexts(subscribers)
  const records = predictedRecords(usage, contexts)
  const shown = records.map(record => forReader(record, options))
  const written = form === 'csv' ? csvFile(usage, contexts, call) : recordFile(form, shown)
  if (out === '-') terminal.out.write(written)
  else writeWhole(out, written)
  if (!options.quiet) {
    const what = form === 'csv' ? counted(usage.length, 'row') : counted(records.length, 'record')
    terminal.talk(`tollgate: ${terminalText(out)}: ${what}, ${octetsText(written.length)}`)
    const left = usage.filter(row => !isRecordable(row))
    const octets = left.reduce((sum, row) => sum + row.up_bytes + row.down_bytes, 0)
    if (form !== 'csv' && octets > 0) {
      const lost = `${groupDigits(octets)} B of nobody, or without a rating group, are in no record`
      terminal.talk(`tollgate: ${lost}`)
    }
  }
  return ending(analysis, options, terminal)
}

function formOf(text = 'pgw-cdr'): RecordForm | 'csv' {
  const form = forms.find(one => one === text)
  if (form === undefined) throw usageFailure(`--form: unknown "${terminalText(text)}"`, 'pgw-cdr')
  return form
}

function recordFile(form: RecordForm, records: readonly PredictedRecord[]): Uint8Array {
  const octets = records.map((record, i) => writeRecord(form, record, i + 1))
  // not spread: there may be more records than a call takes arguments
  const opened = records.reduce((us, { openingUs }) => Math.min(us, openingUs), latestUs)
  const closed = records.reduce((us, { lastUs }) => Math.max(us, lastUs), 0)
  return cdrFile(form, octets, Math.min(opened, closed), closed)
}

function csvFile(
  usage: readonly UsageRecord[],
  contexts: UsageContexts,
  { options }: Invocation,
): Uint8Array {
  const lines = [csvLine(usageColumns)]
  for (const row of usage) {
    const context = contexts.of(row)
    const shown: Readonly<Record<string, unknown>> = {
      ...forReader(row, options),
      charging_id: context?.charging_id,
      gateway: context?.ggsn,
      ue: context?.ue_v4 ?? context?.ue_v6,
    }
    lines.push(csvLine(usageColumns.map(column => shown[column])))
  }
  return Buffer.from(`${lines.join('\n')}\n`, 'utf8')
}
