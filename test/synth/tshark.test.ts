/** Every capture as tshark reads it: no malformed frame, no wrong checksum, and the facts of the truth
 * file. Without tshark nothing is compared, unless TOLLGATE_REQUIRE_TSHARK=1 (set in CI). */

import t, { type Test } from 'tap'
import { mmsTypes } from '../../src/synth/emit-mms.js'
import type { Truth } from '../../src/synth/truth.js'
import { captureSet, readTruth } from './capture-set.js'
import { type FrameFields, readByTshark, tsharkIsThere } from './tshark-fields.js'

/** Captures of which tshark cannot see all, and why. */
const blind = {
  totals: new Map([['ip-length-zero', 'tshark shows the Total Length of 0']]),
  requests: new Map([
    ['frame-cut', 'the response is cut off'],
    ['snaplen-96', 'the requests are cut off'],
    ['impaired-path', 'tshark stops at holes'],
    ['tcp-lost-segment', 'tshark stops at holes'],
    ['clear-on-9203', 'tshark takes 9203 for WTLS'],
    ['dns-tunnel', 'tshark takes all of port 53 for DNS'],
    ['http-mid-flow-start', 'tshark takes the first request for a continuation'],
    ['one-direction-up', 'tshark stops at holes'],
    ['one-direction-down', 'there is no request'],
    ['plain-ip-and-tunnel', 'tshark reads each copy'],
    ['two-points-interfaces', 'tshark reads each copy'],
    ['two-points-router', 'tshark reads each copy'],
    ['two-points-s1u-s5', 'tshark reads each copy'],
  ]),
  malformed: new Map([['dns-tunnel', 'octets on port 53 that are no DNS']]),
  text: new Map([['hostile-text', 'tshark escapes text in its own way']]),
}

function isUser(frame: FrameFields): boolean {
  const layers = (frame['frame.protocols'][0] ?? '').split(':')
  const at = layers.findIndex(layer => layer === 'gtp' || layer === 'gtpprime')
  return at >= 0 && layers.slice(at).some(layer => layer === 'ip' || layer === 'ipv6')
}

/** Length and source of the innermost IP packet. */
function inner(frame: FrameFields): { octets: number; src: string } {
  const layers = (frame['frame.protocols'][0] ?? '').split(':')
  const v6 = layers.lastIndexOf('ipv6') > layers.lastIndexOf('ip')
  const octets = v6 ? 40 + Number(frame['ipv6.plen'].at(-1)) : Number(frame['ip.len'].at(-1))
  return { octets, src: (v6 ? frame['ipv6.src'] : frame['ip.src']).at(-1) ?? '' }
}

/** A packet that is no message or packet of a tunnel. */
function isPlain(frame: FrameFields): boolean {
  return !/:(gtp|gtpv2)(:|$)/.test(frame['frame.protocols'][0] ?? '')
}

function checkTotals(t: Test, truth: Truth, frames: readonly FrameFields[], tunnel: boolean) {
  const ues = new Set(truth.flows.map(flow => flow.ue))
  // with a point on Gi, packets outside tunnels are copies of those inside
  const onBoth = tunnel && truth.scenario.startsWith('plain-ip')
  const totals = { up_packets: 0, down_packets: 0, up_bytes: 0, down_bytes: 0 }
  for (const frame of frames) {
    const user = isUser(frame) || ((!tunnel || onBoth) && isPlain(frame))
    if (!user) continue
    const { octets, src } = inner(frame)
    const up = ues.has(src)
    totals[up ? 'up_packets' : 'down_packets']++
    totals[up ? 'up_bytes' : 'down_bytes'] += octets
  }
  const { duplicates } = truth
  const wanted = { ...truth.totals }
  for (const key of Object.keys(wanted) as (keyof typeof wanted)[]) {
    wanted[key] += duplicates?.[key] ?? 0
  }
  t.strictSame(totals, wanted, 'packets and octets of the inner IP packets')
}

function values(frames: readonly FrameFields[], field: keyof FrameFields): string[] {
  return frames.flatMap(frame => frame[field])
}

function checkRequests(t: Test, truth: Truth, frames: readonly FrameFields[], text: boolean) {
  const http = truth.flows
    .filter(flow => flow.carrier === 'http')
    .flatMap(flow => flow.transactions)
  const methods = http.map(one => one.method ?? '').sort()
  t.strictSame(values(frames, 'http.request.method').sort(), methods, 'HTTP methods')
  const wanted = http.flatMap(one => (one.status === undefined ? [] : [String(one.status)])).sort()
  const codes = values(frames, 'http.response.code').filter(code => code !== '100')
  t.strictSame(codes.sort(), wanted, 'HTTP status codes')
  const wsp = truth.flows
    .filter(flow => flow.carrier.startsWith('wsp'))
    .flatMap(f => f.transactions)
  const urls = new Set(wsp.flatMap(one => (one.url === undefined ? [] : [one.url])))
  t.strictSame(new Set(values(frames, 'wsp.uri')), urls, 'WSP URIs')
  if (!text) return
  const uris = values(frames, 'http.request.uri')
  const missing = http.filter(one => !uris.some(uri => one.url?.endsWith(uri)))
  t.strictSame(missing, [], 'HTTP request targets')
}

function checkNames(t: Test, truth: Truth, frames: readonly FrameFields[]) {
  const named = (app: string) =>
    truth.flows.filter(flow => flow.carrier === app).flatMap(flow => flow.names ?? [])
  t.strictSame(
    new Set(values(frames, 'tls.handshake.extensions_server_name')),
    new Set([...named('tls'), ...named('quic')]),
    'server names',
  )
  t.strictSame(new Set(values(frames, 'dns.qry.name')), new Set(named('dns')), 'DNS names')
}

function checkMms(t: Test, truth: Truth, frames: readonly FrameFields[]) {
  const facts = truth.flows
    .flatMap(flow => flow.transactions)
    .flatMap(one => [one.mms?.request, one.mms?.response])
    .filter(one => one !== undefined)
  const ids = facts.map(one => one.mms_transaction_id ?? '').sort()
  const types = facts.map(one => mmsTypes[one.mms_type as keyof typeof mmsTypes])
  t.strictSame(values(frames, 'mmse.transaction_id').sort(), ids, 'MMS transaction ids')
  const seen = values(frames, 'mmse.message_type').map(Number)
  const byNumber = (a: number, b: number) => a - b
  t.strictSame(seen.sort(byNumber), types.sort(byNumber), 'MMS message types')
}

function checkSessions(t: Test, truth: Truth, frames: readonly FrameFields[]) {
  const created = truth.subscribers.filter(one => one.contexts.length > 0)
  const contexts = created.flatMap(one => one.contexts)
  if (contexts.some(one => one.gtp_version === 0)) return // the TID holds the IMSI
  const imsis = new Set(values(frames, 'e212.imsi'))
  t.strictSame(imsis, new Set(created.map(one => one.imsi)), 'IMSIs')
  const v1 = contexts.filter(one => one.gtp_version === 1)
  const addresses = v1.flatMap(one => (one.ue_v4 === undefined ? [] : [String(one.ue_v4)]))
  const seen = values(frames, 'gtp.user_ipv4')
  t.strictSame(new Set(seen), new Set(addresses), 'UE addresses')
}

async function checkCapture(t: Test, name: string, capture: string, truth: Truth) {
  const frames = await readByTshark(capture)
  t.equal(frames.length, truth.frames, 'frames')
  for (const frame of frames) {
    const at = `frame ${frame['frame.number']}`
    const malformed = frame['_ws.malformed'].length > 0
    if (malformed && !blind.malformed.has(name)) t.fail(`${at} is malformed`)
    for (const protocol of ['ip', 'udp', 'tcp', 'icmp', 'icmpv6'] as const) {
      // 0 = bad, 1 = good, 2 = not verified (fragments, cut frames)
      if (frame[`${protocol}.checksum.status`].includes('0')) t.fail(`${at}: ${protocol} checksum`)
    }
  }
  if (!blind.totals.has(name))
    checkTotals(t, truth, frames, truth.subscribers[0]?.contexts.length !== 0)
  if (!blind.requests.has(name)) {
    checkRequests(t, truth, frames, !blind.text.has(name))
    if (!blind.text.has(name)) checkNames(t, truth, frames)
    checkMms(t, truth, frames)
  }
  checkSessions(t, truth, frames)
}

/** A tshark a capture: seconds on an idle machine, minutes on a busy one. */
t.setTimeout(600_000)

t.test('tshark agrees with the truth of every capture', async t => {
  if (!tsharkIsThere()) {
    t.notOk(process.env.TOLLGATE_REQUIRE_TSHARK === '1', 'tshark is required')
    t.comment('tshark not here: captures not compared')
    return
  }
  t.jobs = 2
  t.setTimeout(600_000)
  for (const { name, capture, truth } of captureSet()) {
    t.test(name, async t => checkCapture(t, name, capture, readTruth(truth)))
  }
})
