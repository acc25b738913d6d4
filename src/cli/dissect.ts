/** `tollgate dissect FILE`: the layers and fields of every frame, to check the decoders against another
 * program, or to find one message. */

import { frameFields } from '../inspect/frame-fields.js'
import { FrameInspector } from '../inspect/frame-inspector.js'
import { maskFrame } from '../inspect/mask-frame.js'
import { nearestWord } from '../record/filter/nearest.js'
import type { FrameRecord } from '../record/frame-record.js'
import { terminalText } from '../record/text.js'
import { openSource } from '../source/open-source.js'
import { FrameBatch, type Source } from '../source/source.js'
import { capturePaths } from './analyse.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import type { Options } from './options.js'
import { csvLine } from './output/csv.js'
import { recordLine } from './output/json.js'
import { formatOf } from './output/record-writer.js'
import { filterTest } from './select.js'
import type { Terminal } from './terminal.js'
import { frameLine } from './text/frame-text.js'

/** Keys of the record itself; every other name is one of its fields. */
const recordKeys = ['frame', 'ts', 'len', 'caplen', 'masked', 'layers'] as const
const defaultColumns: readonly string[] = ['frame', 'ts', 'len', 'layers']

export async function dissect(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const paths = capturePaths('dissect', [...options.read, ...call.positionals])
  const test = options.filter === undefined ? undefined : filterTest(options.filter, frameFields)
  const write = frameWriter(options, terminal)
  const source = await openSource(paths)
  const abort = new AbortController()
  const interrupt = () => {
    if (abort.signal.aborted) process.exit(exitCode.interrupted)
    abort.abort()
  }
  process.on('SIGINT', interrupt)
  try {
    await eachFrame(source, options, abort.signal, record => {
      if (test !== undefined && !test(record)) return false
      write(options.reveal ? record : maskFrame(record))
      return true
    })
  } finally {
    process.off('SIGINT', interrupt)
    await source.close()
  }
  return ending(source, terminal, abort.signal.aborted)
}

/** `take` says whether it showed the frame. */
async function eachFrame(
  source: Source,
  options: Options,
  signal: AbortSignal,
  take: (record: FrameRecord) => boolean,
): Promise<void> {
  const inspector = new FrameInspector()
  const batch = new FrameBatch()
  let read = options.count ?? Number.POSITIVE_INFINITY
  let shown = options.limit ?? Number.POSITIVE_INFINITY
  while (read > 0 && shown > 0 && !signal.aborted && (await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count && read > 0 && shown > 0; i++) {
      if (take(inspector.inspect(batch, i))) shown--
      read--
    }
    // lets a signal in
    await new Promise<void>(resolve => setImmediate(resolve))
  }
}

function frameWriter(options: Options, terminal: Terminal): (record: FrameRecord) => void {
  const { out } = terminal
  const format = formatOf(options)
  if (format === 'text') {
    if (options.fields !== undefined) throw usageFailure('--fields needs --json or --csv')
    const width = terminal.outIsTty === true ? terminal.columns : Number.POSITIVE_INFINITY
    return record => out.line(frameLine(record, options.utc, width))
  }
  const columns = columnsOf(options)
  if (format === 'csv') {
    const shown = columns ?? defaultColumns
    if (options.header !== 'no') out.line(csvLine(shown))
    return record => out.line(csvLine(shown.map(name => keyValue(record, name))))
  }
  if (columns === undefined) return record => out.line(recordLine(record))
  return record => {
    const row = Object.fromEntries(columns.map(name => [name, keyValue(record, name)]))
    out.line(recordLine({ ...row, type: 'frame' }, columns))
  }
}

function columnsOf(options: Options): readonly string[] | undefined {
  if (options.fields === undefined) return undefined
  return options.fields.split(',').map(typed => {
    const name = typed.trim()
    if (isRecordKey(name)) return name
    const field = frameFields.find(name)
    if (field !== undefined) return name
    const near = nearestWord(name, [...recordKeys, ...frameFields.names()])
    throw usageFailure(`--fields: unknown field "${terminalText(name)}"`, near)
  })
}

function isRecordKey(name: string): name is (typeof recordKeys)[number] {
  return (recordKeys as readonly string[]).includes(name)
}

function keyValue(record: FrameRecord, name: string): unknown {
  if (isRecordKey(name)) return record[name]
  const values = frameFields.find(name)?.read(record as unknown as Record<string, unknown>) ?? []
  return values.length === 0 ? undefined : values
}

function ending(source: Source, terminal: Terminal, interrupted: boolean): ExitCode {
  const { status } = source
  terminal.out.flush()
  for (const damage of status.damage) {
    terminal.talk(`tollgate: ${terminalText(damage)}; frames are up to there`)
  }
  if (interrupted) {
    terminal.talk('tollgate: interrupted; frames are up to there')
    return exitCode.interrupted
  }
  if (status.damage.length > 0) return exitCode.usage
  if (status.frames > 0) return exitCode.done
  terminal.talk(`tollgate: ${terminalText(status.name)}: no packets`)
  return exitCode.no
}
