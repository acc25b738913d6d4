/** The steps `gx`, `gy`, `sy` and `s6a`: messages on connections that were up before the capture began. Read 3GPP TS
 * 29.212 clause 4.5, RFC 8506 section 5, TS 29.219 clause 4.5, TS 29.272 clause 5.2. */

import { addressOctets } from './address.js'
import {
  avp,
  avpGroup,
  avpNumber,
  avpNumber64,
  avpText,
  emitDiameter,
  vendor3gpp,
} from './emit-diameter.js'
import { emitIp, IpProtocol } from './emit-ip.js'
import { emitTcp, TcpFlag } from './emit-tcp.js'
import type { GxStep, GyStep, S6aStep, SyStep } from './scenario-control.js'
import type { StepRun } from './step-run.js'
import { tap } from './tap.js'
import type { World } from './world.js'

const diameterPort = 3868
const clientPort = 49_152
const ANSWER_DELAY = 0.006
const TTL = 64

const applications = { gx: 16777238, gy: 4, sy: 16777302, s6a: 16777251 } as const
export type DiameterInterface = keyof typeof applications

const commands = {
  'CCR-I': 272,
  'CCR-U': 272,
  'CCR-T': 272,
  RAR: 258,
  SLR: 8388635,
  SNR: 8388636,
  ULR: 316,
  IDR: 319,
} as const
type MessageName = keyof typeof commands

const requestTypes: Partial<Record<MessageName, number>> = { 'CCR-I': 1, 'CCR-U': 2, 'CCR-T': 3 }
/** sent by the server, whom the others ask */
const byServer: ReadonlySet<MessageName> = new Set(['RAR', 'SNR', 'IDR'])

/** Nodes of the interfaces: who asks, and who is asked. */
const nodes = {
  gx: ['192.0.2.1', '192.0.2.31'],
  gy: ['192.0.2.1', '192.0.2.32'],
  sy: ['192.0.2.31', '192.0.2.32'],
  s6a: ['192.0.2.11', '192.0.2.33'],
} as const

/** Where the connections and sessions of a scenario stand. */
interface Peers {
  /** next sequence number of each sender */
  seq: Map<string, number>
  /** session numbers by interface and subscriber */
  sessions: Map<string, string>
  requests: Map<string, number>
  identifier: number
}

const peersOf = new WeakMap<World, Peers>()

function peers(world: World): Peers {
  let known = peersOf.get(world)
  if (known === undefined) {
    known = { seq: new Map(), sessions: new Map(), requests: new Map(), identifier: 0x1000 }
    peersOf.set(world, known)
  }
  return known
}

function send(run: StepRun, on: DiameterInterface, fromServer: boolean, message: Uint8Array): void {
  const { world } = run
  const [client, server] = nodes[on]
  const [from, to] = fromServer ? [server, client] : [client, server]
  const { seq } = peers(world)
  const own = seq.get(`${on} ${from}`) ?? 1
  seq.set(`${on} ${from}`, own + message.length)
  const src = addressOctets(from)
  const dst = addressOctets(to)
  const segment = emitTcp(
    src,
    dst,
    {
      srcPort: fromServer ? diameterPort : clientPort,
      dstPort: fromServer ? clientPort : diameterPort,
      seq: own,
      ack: seq.get(`${on} ${to}`) ?? 1,
      flags: TcpFlag.ack | TcpFlag.psh,
    },
    message,
  )
  const ip = { src, dst, protocol: IpProtocol.tcp, id: world.ipId(from), ttl: TTL }
  const [point = 'gn'] = world.scenario.capture.points
  for (const packet of emitIp(ip, segment, world.scenario.network.mtu)) {
    const { timeUs } = run
    tap(world, { point, up: !fromServer, plane: 'control', packet, timeUs, hidden: false })
  }
  run.wait(0.001)
}

interface Exchange {
  on: DiameterInterface
  subscriber: string
  message: MessageName
  answered: boolean
  /** who it is of; most messages after the first leave it out */
  names: Uint8Array[]
  request: Uint8Array[]
  answer: Uint8Array[]
}

function exchange(
  run: StepRun,
  { on, subscriber, message, names, answered, ...rest }: Exchange,
): void {
  const known = peers(run.world)
  const key = `${on} ${subscriber}`
  const first =
    message === 'CCR-I' || message === 'ULR' || message === 'SLR' || !known.sessions.has(key)
  if (first) known.sessions.set(key, `${on}.example;${known.sessions.size + 1};${run.timeUs % 1e6}`)
  const session = avpText('sessionId', known.sessions.get(key) ?? '')
  const type = requestTypes[message]
  const number = known.requests.get(key) ?? 0
  known.requests.set(key, number + 1)
  const kind =
    type === undefined
      ? []
      : [avpNumber('ccRequestType', type), avpNumber('ccRequestNumber', number)]
  const head = {
    command: commands[message],
    application: applications[on],
    identifier: known.identifier++,
  }
  const origin = (fromServer: boolean) => [
    avpText('originHost', `${fromServer ? 'server' : 'client'}.${on}.example`),
    avpText('originRealm', `${on}.example`),
  ]
  const fromServer = byServer.has(message)
  const asked = [session, ...origin(fromServer), ...kind, ...(first ? names : []), ...rest.request]
  send(run, on, fromServer, emitDiameter({ ...head, request: true }, asked))
  if (!answered) return
  run.wait(ANSWER_DELAY)
  const told = [session, ...origin(!fromServer), ...kind, ...rest.answer]
  send(run, on, !fromServer, emitDiameter({ ...head, request: false }, told))
}

function namesOf(run: StepRun, name: string): Uint8Array[] {
  const spec = run.world.subscriber(name)
  const context = run.world.contexts.get(name)
  const subscription = (type: number, data: string) =>
    avpGroup(
      'subscriptionId',
      avpNumber('subscriptionIdType', type),
      avpText('subscriptionIdData', data),
    )
  const names = [subscription(1, spec.imsi)]
  if (spec.msisdn !== undefined) names.push(subscription(0, spec.msisdn))
  names.push(avpText('calledStationId', context?.spec.apn ?? spec.apn))
  const ue = context?.ueV4
  if (ue !== undefined) names.push(avp('framedIpAddress', addressOctets(ue)))
  return names
}

const result = (code: number) => avpNumber('resultCode', code)

export function playGx(run: StepRun, step: GxStep): void {
  const { subscriber, message, answered } = step
  const rules = ruleAvps(step)
  const report = reportAvps(step)
  const byPcrf = message === 'RAR'
  exchange(run, {
    on: 'gx',
    subscriber,
    message,
    answered,
    names: namesOf(run, subscriber),
    request: byPcrf ? rules : report,
    answer: [result(step.result), ...(byPcrf ? report : rules)],
  })
}

function ruleAvps({ install, remove, ambr_kbps }: GxStep): Uint8Array[] {
  const list: Uint8Array[] = []
  for (const name of remove) {
    list.push(avpGroup('chargingRuleRemove', avpText('chargingRuleName', name)))
  }
  for (const { name, status, redirect } of install) {
    const parts = [avpText('chargingRuleName', name)]
    if (status !== undefined) parts.push(avpNumber('flowStatus', status === 'disabled' ? 3 : 2))
    if (redirect !== undefined) {
      parts.push(
        avpGroup('redirectInformation', avpNumber('redirectSupport', 1), ...redirectTo(redirect)),
      )
    }
    list.push(avpGroup('chargingRuleInstall', avpGroup('chargingRuleDefinition', ...parts)))
  }
  if (ambr_kbps !== undefined) {
    const bits = ambr_kbps * 1000
    list.push(
      avpGroup('qosInformation', avpNumber('apnAmbrUp', bits), avpNumber('apnAmbrDown', bits)),
    )
  }
  return list
}

function reportAvps({ inactive, failure }: GxStep): Uint8Array[] {
  if (inactive.length === 0) return []
  const parts = inactive.map(name => avpText('chargingRuleName', name))
  parts.push(avpNumber('pccRuleStatus', 1))
  if (failure !== undefined) parts.push(avpNumber('ruleFailureCode', failure))
  return [avpGroup('chargingRuleReport', ...parts)]
}

function redirectTo(url: string): Uint8Array[] {
  return [avpNumber('redirectAddressType', 2), avpText('redirectServerAddress', url)]
}

const finalUnits = { terminate: 0, redirect: 1, restrict: 2 } as const

export function playGy(run: StepRun, step: GyStep): void {
  const { subscriber, message, answered, granted, final_unit, redirect, service_result } = step
  const service = [avpNumber('ratingGroup', 10)]
  if (granted !== undefined) {
    service.push(avpGroup('grantedServiceUnit', avpNumber64('ccTotalOctets', granted)))
  }
  if (service_result !== undefined) service.push(result(service_result))
  if (final_unit !== undefined) {
    const parts = [avpNumber('finalUnitAction', finalUnits[final_unit])]
    if (redirect !== undefined) parts.push(avpGroup('redirectServer', ...redirectTo(redirect)))
    service.push(avpGroup('finalUnitIndication', ...parts))
  }
  const says = service.length > 1 ? [avpGroup('multipleServices', ...service)] : []
  const byServer = message === 'RAR'
  exchange(run, {
    on: 'gy',
    subscriber,
    message,
    answered,
    names: namesOf(run, subscriber),
    request: byServer ? [avpNumber('reAuthRequestType', 0)] : [],
    answer: [result(step.result), ...(byServer ? [] : says)],
  })
}

export function playSy(run: StepRun, step: SyStep): void {
  const { subscriber, message, answered } = step
  const reports = Object.entries(step.counters).map(([id, status]) =>
    avpGroup(
      'policyCounterStatusReport',
      avpText('policyCounterIdentifier', id),
      avpText('policyCounterStatus', status),
    ),
  )
  const notifies = message === 'SNR'
  exchange(run, {
    on: 'sy',
    subscriber,
    message,
    answered,
    names: namesOf(run, subscriber),
    request: notifies ? reports : [],
    answer: [result(step.result), ...(notifies ? [] : reports)],
  })
}

export function playS6a(run: StepRun, step: S6aStep): void {
  const { subscriber, message, answered, barred, experimental } = step
  const { imsi } = run.world.subscriber(subscriber)
  const data =
    barred === undefined
      ? []
      : [avpGroup('subscriptionData', avpNumber('subscriberStatus', barred ? 1 : 0))]
  const answer =
    experimental === undefined
      ? result(step.result)
      : avpGroup(
          'experimentalResult',
          avpNumber('vendorId', vendor3gpp),
          avpNumber('experimentalResultCode', experimental),
        )
  const inserts = message === 'IDR'
  exchange(run, {
    on: 's6a',
    subscriber,
    message,
    answered,
    names: [],
    request: [avpText('userName', imsi), ...(inserts ? data : [])],
    answer: [answer, ...(inserts ? [] : data)],
  })
}
