/** `tollgate rules from-signalling`: what captured Gx and PFCP install, change and remove, and the rules that were in
 * force, as a rule file. The exit code is 1 when no rule was seen or something was left out. */

import { SignalledRules } from '../pipeline/signalled-rules.js'
import type { RuleChange, SignalledSession } from '../pipeline/signalled-session.js'
import { signalledSet } from '../pipeline/signalled-set.js'
import { maskImsi } from '../record/mask.js'
import { terminalText } from '../record/text.js'
import { localTime, utcTime } from '../record/time.js'
import { SetBuilder } from '../rules/import/set-builder.js'
import { finishImport } from '../rules/import-rules.js'
import { openSource } from '../source/open-source.js'
import { capturePaths } from './analyse.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, Failure } from './fail.js'
import type { Options } from './options.js'
import { writeWhole } from './output/atomic-file.js'
import { objectLine } from './output/json.js'
import { Progress } from './progress.js'
import { checkOutput, importOptions, reportText } from './rules-import.js'

export async function rulesFromSignalling(call: Invocation): Promise<ExitCode> {
  const { options, terminal } = call
  const { output } = options
  const paths = capturePaths('rules from-signalling', options.read)
  if (output !== undefined) checkOutput(output, options)
  const rules = new SignalledRules(change => {
    if (output === '-' || !isWanted(change.session, options.select)) return
    terminal.out.line(options.json ? changeJson(change, options) : changeText(change, options))
  })
  const { name, damage, interrupted } = await readAll(rules, paths, call)
  const sessions = rules.sessions.filter(session => isWanted(session, options.select))
  const said = sessions.some(
    ({ rules: own, past, predefined }) => own.size + past.length + predefined.size > 0,
  )
  for (const text of damage)
    terminal.talk(`tollgate: ${terminalText(text)}; results are up to there`)
  if (rules.dropped > 0)
    terminal.talk(`tollgate: ${rules.dropped} sessions or rules beyond the bounds were left out`)
  if (!said) return nothing(name, output !== undefined, interrupted || damage.length > 0, call)
  const left = output === undefined ? 0 : write(sessions, name, output, call)
  if (interrupted) return exitCode.interrupted
  if (damage.length > 0) return exitCode.usage
  return left > 0 || rules.dropped > 0 ? exitCode.no : exitCode.done
}

async function readAll(
  rules: SignalledRules,
  paths: readonly string[],
  { options, terminal }: Invocation,
) {
  const source = await openSource(paths)
  const abort = new AbortController()
  const interrupt = () => {
    if (abort.signal.aborted) process.exit(exitCode.interrupted)
    abort.abort()
  }
  process.on('SIGINT', interrupt)
  try {
    const progress = new Progress(terminal, performance.now())
    await rules.run(
      source,
      options.quiet ? undefined : status => progress.update(status, performance.now()),
      abort.signal,
    )
    const { name, damage } = source.status
    return { name, damage, interrupted: abort.signal.aborted }
  } finally {
    process.off('SIGINT', interrupt)
    terminal.progress('')
    await source.close()
  }
}

/** A list of nothing is a list; a rule file of nothing is none. */
function nothing(
  name: string,
  wanted: boolean,
  damaged: boolean,
  { options, terminal }: Invocation,
): ExitCode {
  const text = `${terminalText(name)}: no rule of Gx or PFCP`
  const hint = 'tollgate dissect FILE, to see what the capture holds'
  if (wanted || damaged) throw new Failure(damaged ? exitCode.usage : exitCode.no, text, { hint })
  if (!options.quiet) terminal.talk(text)
  return exitCode.done
}

function isWanted(session: SignalledSession, imsi: string | undefined): boolean {
  return imsi === undefined || session.imsi === imsi
}

/** Writes the rule file; how much was left out. */
function write(
  sessions: readonly SignalledSession[],
  name: string,
  output: string,
  call: Invocation,
): number {
  const { options, terminal } = call
  const file = name.replace(/^.*[\\/]/, '')
  const builder = new SetBuilder(importOptions(options))
  signalledSet(builder, sessions, file)
  const who = options.select === undefined ? '' : ` ${maskImsi(options.select)}`
  const result = finishImport(builder, {
    name: `${file.replace(/\.[^.]*$/, '')}${who}`,
    version: 'as signalled',
    dialect: 'signalling',
    profiles: ['l34', 'ugw'],
    from: `${file}: places are frames`,
  })
  if (output === '-') terminal.out.write(result.text)
  else writeWhole(output, result.text)
  reportText(result, output, options, terminal)
  return result.left.length
}

function imsiOf({ imsi }: SignalledSession, options: Options): string | undefined {
  if (imsi === '') return undefined
  return options.reveal ? imsi : maskImsi(imsi)
}

function changeText({ at, action, session, rule }: RuleChange, options: Options): string {
  const { protocol, apn, ue } = session
  const group = rule.ratingGroup < 0 ? rule.charge : `rating group ${rule.ratingGroup}`
  const what = rule.flows.join('; ') || rule.application || 'every flow'
  const parts = [
    localTime(at.timeUs, options.utc),
    `frame ${at.frame}`,
    protocol,
    action,
    rule.name,
    rule.precedence < 0 ? '' : `precedence ${rule.precedence}`,
    group,
    action === 'removed' ? '' : what,
    [imsiOf(session, options), apn, ...ue].filter(Boolean).join(' '),
  ]
  return terminalText(parts.filter(part => part !== '').join('  '))
}

function changeJson({ at, action, session, rule }: RuleChange, options: Options): string {
  const said = (value: number) => (value < 0 ? undefined : value)
  return objectLine({
    type: 'rule-change',
    schema: 'tollgate.rule-change/1',
    ts: utcTime(at.timeUs),
    frame: String(at.frame),
    protocol: session.protocol,
    action,
    imsi: imsiOf(session, options),
    apn: session.apn || undefined,
    ue: [...session.ue],
    rule: rule.name,
    precedence: said(rule.precedence),
    flows: [...rule.flows],
    application: rule.application || undefined,
    rating_group: said(rule.ratingGroup),
    service_id: said(rule.serviceId),
    online: rule.online < 0 ? undefined : rule.online === 1,
    offline: rule.offline < 0 ? undefined : rule.offline === 1,
    charge: rule.charge || undefined,
  })
}
