/** `tollgate why`: explain the verdict of a flow of a capture, or of a request that nobody sent. */

import type { ExplainRecord } from '../record/explain-record.js'
import { terminalText } from '../record/text.js'
import type { RuleEngine } from '../rules/engine.js'
import { type WhatIf, WhatIfError, whatIf } from '../rules/what-if.js'
import { chooseRules } from './choose-rules.js'
import type { Invocation } from './command.js'
import { type ExitCode, exitCode, usageFailure } from './fail.js'
import type { OptionName } from './options.js'
import { comparedRules, writeChange, writeExplained } from './write-explained.js'

export async function why(call: Invocation): Promise<ExitCode> {
  const { options, positionals } = call
  const [flow] = positionals
  if (options.server !== undefined) {
    if (flow !== undefined || options.read.length > 0) {
      throw usageFailure('why: --server asks what if; a flow of a capture has its own server')
    }
    return whyWhatIf(call)
  }
  const alone = whatIfOptions.find(name => options[name] !== undefined)
  if (alone !== undefined) {
    throw usageFailure(`why: --${alone} needs --server`, 'tollgate why --server ADDR --port N')
  }
  if (flow === undefined) {
    const list = options.read.length > 0 ? ' (tollgate flows lists them)' : ''
    throw usageFailure(`why needs the number of a flow${list}`, 'tollgate why -r FILE FLOW')
  }
  if (!/^\d+$/.test(flow)) throw usageFailure(`why: "${terminalText(flow)}" is not a flow number`)
  if (options.read.length === 0) {
    const { daemonWhy } = await import('./daemon-lists.js')
    return await daemonWhy(call, flow)
  }
  // the pipeline is loaded only when there is a capture to read
  const { whyFlow } = await import('./why-flow.js')
  return await whyFlow(call, flow)
}

const whatIfOptions = [
  'port',
  'protocol',
  'url',
  'sni',
  'apn',
  'imsi',
] as const satisfies readonly OptionName[]

function whyWhatIf(call: Invocation): ExitCode {
  const { options, terminal } = call
  const { server, port } = options
  if (server === undefined || port === undefined) {
    throw usageFailure('why: a what-if needs --server and --port')
  }
  const engine = chooseRules(options, terminal)
  const ask: WhatIf = {
    server,
    port,
    protocol: options.protocol,
    url: options.url,
    sni: options.sni,
    apn: options.apn,
    imsi: options.imsi,
    all: options.all,
  }
  const explained = asked(engine, ask)
  writeExplained(call, explained)
  const before = comparedRules(call, engine)
  if (before !== undefined && !options.json) writeChange(call, asked(before, ask), explained)
  return exitCode.done
}

function asked(engine: RuleEngine, ask: WhatIf): ExplainRecord {
  try {
    return whatIf(engine, ask)
  } catch (error) {
    if (!(error instanceof WhatIfError)) throw error
    throw usageFailure(`why: ${terminalText(error.message)}`)
  }
}
