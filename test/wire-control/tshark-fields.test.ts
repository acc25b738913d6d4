/** PFCP, RADIUS and GTP' of the shared captures as `dissect` shows them, frame by frame and field by field, against
 * tshark. What differs is here with its reason; without tshark nothing is compared, unless
 * TOLLGATE_REQUIRE_TSHARK=1 (set in CI). */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { FrameInspector } from '../../src/inspect/frame-inspector.js'
import { gtpPrime } from '../../src/inspect/gtp-prime.js'
import type { Inspector } from '../../src/inspect/inspector.js'
import { pfcp } from '../../src/inspect/pfcp.js'
import { radius } from '../../src/inspect/radius.js'
import type { FrameRecord } from '../../src/record/frame-record.js'
import { openSource } from '../../src/source/open-source.js'
import { FrameBatch } from '../../src/source/source.js'
import { capturesOf, haveShared, readJson, sharedCaptures } from '../session/capture.js'
import { tsharkIsThere } from '../synth/tshark-fields.js'

type Fields = Record<string, string[]>
type Frames = Map<number, Fields>

/** tshark 4.0 gives up on six messages of go-pfcp's tests at Source IP Address with MPL. TS 29.244 figure
 * 8.2.138-1 has one octet of mask length behind the address, and that octet is there (06 7f000001 18, Length
 * 6): the messages are right. It reads the other two that it calls malformed to their end: there it cannot
 * hold the eight octets of the Rate Control Status Validity Time (figure 8.2.139-1) in a number of four. */
const givenUp: Readonly<Record<string, readonly number[]>> = {
  'derived__go-pfcp_messages.pcap': [26, 27, 30, 31, 34, 35],
}

/** PFCP that tshark reads in the IP packet quoted by an ICMP error: what was not delivered is not evidence. */
const quoted: Readonly<Record<string, readonly number[]>> = { 'tempo__multiple_ue.pcap': [3, 4] }

/** Captures of random values: text that is not printable is shown in other ways. */
const random = 'ndpi__pfcp.pcapng'

/** Fields that are not compared, and why. */
const apart: Readonly<Record<string, string>> = {
  'radius.EAP_Message': 'tshark names the octets of EAP otherwise',
  'radius.Framed_IPv6_Prefix': 'here a prefix, in tshark the octets of the attribute',
  'radius.avp.vendor_type': 'tshark knows the formats of other vendors',
  'gtp.flags.version': 'not a field of its own in tshark',
}

/** Fields in which tshark also puts values of elements that are not read here, by element type. */
const more: Readonly<Record<string, number>> = {
  'pfcp.node_id_fqdn': 180, // SMF Set ID
  'pfcp.failed_rule_id_type': 219, // Access Availability Information, by mistake
  'pfcp.qfi_value': 45, // Downlink Data Service Information
  'pfcp.dn': 61, // Domain Name Protocol in PFD Contents
}

/** tshark shows these octets in hex; they are names of rules (29.244 clauses 8.2.23 and 8.2.72). */
const names = new Set(['pfcp.forwarding_policy_id', 'pfcp.predef_rules_name'])

/** One notation for numbers and times; '' for a value that is nothing (a flag that is not set). */
function plain(field: string, form: string | undefined, value: unknown): string {
  const text = String(value)
  if (text === '') return ''
  if (form === 'time') return String(Date.parse(text.replace(/\.\d+/, '')))
  if (names.has(field) && /^([0-9a-f]{2})+$/.test(text)) return text
  if (names.has(field)) return Buffer.from(text, 'latin1').toString('hex')
  if (!/^(0x[0-9a-f]+|\d+)$/.test(text) || form === 'text') return text
  const flag = /_flags?\.|_flg|apply_action|usage_report_trigger|report_type\./.test(field)
  return flag && text === '0' ? '' : BigInt(text).toString()
}

function plainly(
  inspector: Inspector,
  fields: Readonly<Record<string, readonly unknown[]>>,
): Fields {
  const found: Fields = {}
  for (const [field, form] of Object.entries(inspector.fields)) {
    if (apart[field] !== undefined) continue
    const values = (fields[field] ?? []).map(value => plain(field, form, value))
    found[field] = values.filter(value => value !== '')
  }
  // TS 29.060's name for every Length: only that of the header is shown here
  if (found['gtp.length'] !== undefined) found['gtp.length'] = found['gtp.length'].slice(0, 1)
  return found
}

async function ours(inspector: Inspector, path: string): Promise<Frames> {
  const frames: Frames = new Map()
  const inspected = new FrameInspector()
  const source = await openSource([path])
  const batch = new FrameBatch()
  while ((await source.next(batch)) > 0) {
    for (let i = 0; i < batch.count; i++) {
      const record: FrameRecord = inspected.inspect(batch, i)
      if (!record.layers.includes(inspector.name)) continue
      frames.set(record.frame, plainly(inspector, record.fields))
    }
  }
  await source.close()
  return frames
}

const run = promisify(execFile)

async function theirs(inspector: Inspector, path: string): Promise<Frames> {
  const wanted = Object.keys(inspector.fields)
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=|']
  const ask = ['frame.number', ...wanted].flatMap(field => ['-e', field])
  const args = ['-n', '-r', path, '-Y', inspector.name, ...format, ...ask]
  const { stdout } = await run('tshark', args, { maxBuffer: 64 * 1024 * 1024 })
  const frames: Frames = new Map()
  for (const line of stdout.split('\n').filter(one => one !== '')) {
    const [frame, ...values] = line.split('\t')
    const fields = wanted.map((field, i) => [field, (values[i] ?? '').split('|')])
    frames.set(Number(frame), plainly(inspector, Object.fromEntries(fields)))
  }
  return frames
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  let at = 0
  for (const value of all) if (at < some.length && some[at] === value) at++
  return at === some.length
}

function agree(file: string, frame: number, field: string, our: Fields, their: Fields): boolean {
  const mine = our[field] ?? []
  const other = their[field] ?? []
  const same = mine.length === other.length && isWithin(mine, other)
  if (same) return true
  const element = more[field]
  if (givenUp[file]?.includes(frame)) return element !== undefined || isWithin(other, mine)
  if (file === random && [...mine, ...other].some(text => /[^ -~]/.test(text))) return true
  // what a vendor groups, tshark may know
  if ((our['pfcp.enterprise_ie']?.length ?? 0) > 0) return isWithin(mine, other)
  return element !== undefined && our['pfcp.ie_type']?.includes(String(element)) === true
    ? isWithin(mine, other)
    : false
}

function compare(t: Test, file: string, mine: Frames, other: Frames): void {
  const differ: string[] = []
  for (const frame of new Set([...mine.keys(), ...other.keys()])) {
    const our = mine.get(frame)
    const their = other.get(frame)
    if (our === undefined && quoted[file]?.includes(frame)) continue
    if (our === undefined || their === undefined) differ.push(`${frame} is in one only`)
    else {
      for (const field of Object.keys(our)) {
        if (agree(file, frame, field, our, their)) continue
        differ.push(`${frame} ${field}: ${our[field]?.join()} and not ${their[field]?.join()}`)
      }
    }
  }
  t.strictSame(differ, [], `${file}: ${other.size} frames`)
}

interface Truth {
  pfcp: object
  radius: object
  gtp_messages: { 'prime version/type'?: object }
}

const protocols: readonly (readonly [Inspector, (truth: Truth) => object | undefined])[] = [
  [pfcp, truth => truth.pfcp],
  [radius, truth => truth.radius],
  [gtpPrime, truth => truth.gtp_messages['prime version/type']],
]

/** A tshark a capture: seconds on an idle machine, minutes on a busy one. */
t.setTimeout(600_000)

if (!tsharkIsThere()) {
  t.notOk(process.env.TOLLGATE_REQUIRE_TSHARK === '1', 'tshark is required')
  t.comment('tshark not here: control-plane fields not compared')
} else if (haveShared()) {
  for (const [inspector, counts] of protocols) {
    await t.test(inspector.name, async t => {
      t.setTimeout(600_000)
      for (const { name, path, truth } of capturesOf(sharedCaptures)) {
        const seen = counts(readJson<Truth>(truth)) ?? {}
        if (Object.keys(seen).length === 0) continue
        compare(t, name, await ours(inspector, path), await theirs(inspector, path))
      }
    })
  }
}
