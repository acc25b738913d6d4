import { readdirSync, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { Segment, WtpReassembly } from '../../src/flow/wtp-reassembly.js'
import { Fault } from '../../src/wire/fault.js'
import { MmsPdu } from '../../src/wire/mms-pdu.js'
import { latin1 } from '../../src/wire/octets.js'
import { WspPdu } from '../../src/wire/wsp.js'
import { looksLikeWsp } from '../../src/wire/wsp-datagram.js'
import { mediaTypeText, wspHeaderFacts, wspHeaderList } from '../../src/wire/wsp-header.js'
import { looksLikeWtls } from '../../src/wire/wtls.js'
import { WtpType } from '../../src/wire/wtp.js'
import { looksLikeWtp, WtpDatagram } from '../../src/wire/wtp-datagram.js'
import { type Datagram, datagrams, shared } from './capture.js'

type Fields = Record<string, string | string[] | number>

interface Truth {
  wsp: Fields[]
  mms: Fields[]
  wtp_pdu: Record<string, number>
  wsp_pdu: Record<string, number>
  mms_pdu: Record<string, number>
}

function truthOf(path: string): Truth {
  return JSON.parse(readFileSync(path, 'utf8')).wap
}

const hexOctet = (n: number): string => `0x${n.toString(16).padStart(2, '0')}`

/** What the decoders say of a capture, in the shape of the truth. */
class Seen {
  readonly wtp: Record<string, number> = {}
  readonly pdus: Record<string, number> = {}
  readonly wsp: Fields[] = []
  readonly mms: Fields[] = []
  readonly faults: string[] = []
  readonly #pdu = new WspPdu()
  readonly #mms = new MmsPdu()
  readonly #fault = new Fault()

  message(frame: number, buf: Uint8Array, off: number, end: number, connectionless: boolean): void {
    const pdu = this.#pdu
    const fault = this.#fault
    fault.clear()
    const good = pdu.decode(buf, off, end, connectionless, fault)
    if (!good || !pdu.complete) this.faults.push(`${frame} ${fault.key}`)
    count(this.pdus, hexOctet(pdu.type))
    const fields: Fields = { frame, 'wsp.pdu_type': hexOctet(pdu.type) }
    if (connectionless) fields['wsp.TID'] = hexOctet(pdu.tid)
    if (pdu.uriEnd > pdu.uriOff) fields['wsp.uri'] = latin1(buf, pdu.uriOff, pdu.uriEnd)
    if (pdu.status !== 0) fields['wsp.reply.status'] = hexOctet(pdu.statusCode)
    const media = mediaTypeText(buf, pdu.contentTypeOff, pdu.contentTypeEnd)
    if (media !== '') fields['wsp.header.content_type'] = media
    const facts = wspHeaderFacts(buf, pdu.headersOff, pdu.headersEnd, fault)
    if (fault.code !== 0) this.faults.push(`${frame} ${fault.key}`)
    if (facts.userAgent !== '') fields['wsp.header.user_agent'] = facts.userAgent
    if (facts.host !== '') fields['wsp.header.host'] = facts.host
    wspHeaderList(buf, pdu.headersOff, pdu.headersEnd, fault)
    this.wsp.push(fields)
    if (media === 'application/vnd.wap.mms-message')
      this.#body(frame, buf, pdu.dataOff, pdu.dataEnd)
  }

  #body(frame: number, buf: Uint8Array, off: number, end: number): void {
    const mms = this.#mms
    if (!mms.decode(buf, off, end, this.#fault)) this.faults.push(`${frame} ${this.#fault.key}`)
    const fields: Fields = { frame, 'mmse.message_type': hexOctet(mms.type) }
    if (mms.transactionId !== '') fields['mmse.transaction_id'] = mms.transactionId
    if (mms.fromInserted) fields['mmse.from'] = '<insert address>'
    else if (mms.from !== '') fields['mmse.from'] = mms.from
    if (mms.to.length > 0) fields['mmse.to'] = mms.to.length > 1 ? mms.to : (mms.to[0] as string)
    if (mms.subject !== '') fields['mmse.subject'] = mms.subject
    if (mms.contentLocation !== '') fields['mmse.content_location'] = mms.contentLocation
    if (mms.messageSize >= 0) fields['mmse.message_size'] = String(mms.messageSize)
    if (mms.messageId !== '') fields['mmse.message_id'] = mms.messageId
    this.mms.push(fields)
  }
}

function count(counts: Record<string, number>, key: string): void {
  counts[key] = (counts[key] ?? 0) + 1
}

/** The truth in the same shape: of content types only the message's own, not those of parts of its body;
 * without what tshark says of WTP, and without frames that have nothing else. */
function wanted(fields: Fields[]): Fields[] {
  return fields
    .map(f => {
      const kept = Object.entries(f).filter(([key]) => !key.startsWith('wtp.'))
      return Object.fromEntries(kept.map(([k, v]) => [k, ownType(k, v)]))
    })
    .filter(f => Object.keys(f).length > 1)
}

function ownType(key: string, value: string | string[] | number): string | string[] | number {
  if (key !== 'wsp.header.content_type' || !Array.isArray(value)) return value
  return value[0] as string
}

/** Runs a capture of WTP (port 9201) through datagram, re-assembly, WSP and MMS. */
function seeConnections(list: Datagram[]): Seen {
  const seen = new Seen()
  const fault = new Fault()
  const datagram = new WtpDatagram()
  const sar = new WtpReassembly()
  for (const { frame, octets, destinationPort, sourcePort } of list) {
    const up = destinationPort === 9201
    if (!up && sourcePort !== 9201) continue
    const port = up ? sourcePort : destinationPort
    let ranged = 0
    datagram.start(octets, 0, octets.length)
    while (datagram.next(fault)) {
      ranged += datagram.end - datagram.off
      const pdu = datagram.pdu
      count(seen.wtp, hexOctet(pdu.type))
      if (pdu.payloadOff === pdu.payloadEnd) continue
      if (!pdu.segment && pdu.type <= WtpType.Result) {
        seen.message(frame, octets, pdu.payloadOff, pdu.payloadEnd, false)
        continue
      }
      const result = sar.add(
        port,
        pdu.tid,
        up,
        pdu.psn,
        pdu.ttr,
        pdu.rid,
        octets,
        pdu.payloadOff,
        pdu.payloadEnd,
        frame,
        fault,
      )
      if (result === Segment.Complete) seen.message(frame, sar.octets, 0, sar.length, false)
    }
    if (ranged !== octets.length) seen.faults.push(`${frame}: ${ranged} of ${octets.length} octets`)
  }
  return seen
}

t.test('WSP with connections, as tshark reads it', t => {
  const path = shared(t, 'lab/09_wsp_connection_oriented.pcap')
  if (path === '') return t.end()
  const truth = truthOf(shared(t, 'lab/truth/09_wsp_connection_oriented.pcap.json'))
  const seen = seeConnections(datagrams(path))
  t.same(seen.wtp, truth.wtp_pdu)
  t.same(seen.pdus, truth.wsp_pdu)
  t.same(seen.wsp, wanted(truth.wsp))
  t.same(seen.mms, truth.mms)
  // the lab's MMS bodies are one part of random octets; their headers are sound
  t.same(seen.faults, [])
  t.end()
})

function seeDatagrams(list: Datagram[], ports: number[]): Seen {
  const seen = new Seen()
  for (const { frame, octets, sourcePort, destinationPort } of list) {
    if (!ports.includes(sourcePort) && !ports.includes(destinationPort)) continue
    seen.message(frame, octets, 0, octets.length, true)
  }
  return seen
}

t.test('WSP without connections, as tshark reads it', t => {
  const path = shared(t, 'lab/10_wsp_connectionless.pcap')
  if (path === '') return t.end()
  const truth = truthOf(shared(t, 'lab/truth/10_wsp_connectionless.pcap.json'))
  const seen = seeDatagrams(datagrams(path), [9200])
  t.same(seen.pdus, truth.wsp_pdu)
  t.same(seen.wsp, wanted(truth.wsp))
  t.same(seen.mms, truth.mms)
  t.same(seen.faults, [])
  t.end()
})

t.test('MMS PDUs of real handsets over WSP, as tshark reads them', t => {
  const path = shared(t, 'derived__mms_over_cl-wsp.pcap')
  if (path === '') return t.end()
  const truth = truthOf(shared(t, 'truth/derived__mms_over_cl-wsp.pcap.json'))
  const seen = seeDatagrams(datagrams(path), [9200, 2948])
  t.same(seen.pdus, truth.wsp_pdu)
  t.same(seen.wsp, wanted(truth.wsp))
  // tshark takes text for ASCII where it is UTF-8
  const subjects = truth.mms.map(f => f['mmse.subject'])
  t.equal(subjects[0], 'Ang\ufffd\ufffdende art-tillh\ufffd\ufffdrighet')
  t.equal(seen.mms[0]?.['mmse.subject'], 'Angående art-tillhörighet')
  if (truth.mms[0] !== undefined) truth.mms[0]['mmse.subject'] = 'Angående art-tillhörighet'
  t.same(seen.mms, truth.mms)
  t.same(seen.faults, [])
  t.end()
})

t.test('MMS PDUs of real handsets in files', t => {
  const folder = shared(t, 'mms-pdus')
  if (folder === '') return t.end()
  const types: Record<string, number> = {}
  for (const name of readdirSync(folder).filter(file => /\.mms$/i.test(file))) {
    const octets = readFileSync(`${folder}/${name}`)
    const mms = new MmsPdu()
    const fault = new Fault()
    t.ok(mms.decode(octets, 0, octets.length, fault), `${name} ${fault.key}`)
    t.match(mms.contentType, /^application\/vnd\.wap\.multipart\.(mixed|related)$/, name)
    t.notOk(mms.lossy, name)
    count(types, hexOctet(mms.type))
    // the header alone, as when only the first segment is looked at
    const header = new MmsPdu()
    t.ok(header.decode(octets, 0, mms.bodyOff, fault))
    t.match(header, { subject: mms.subject, from: mms.from, to: mms.to })
  }
  t.same(types, { '0x84': 5, '0x80': 8 })
  t.end()
})

interface Verdicts {
  datagrams: number
  wtp: number
  wsp: number
  wtls: number
}

function verdicts(list: Datagram[], ports: number[]): Verdicts {
  const found: Verdicts = { datagrams: 0, wtp: 0, wsp: 0, wtls: 0 }
  for (const { octets, sourcePort, destinationPort } of list) {
    if (!ports.includes(sourcePort) && !ports.includes(destinationPort)) continue
    found.datagrams++
    if (looksLikeWtp(octets, 0, octets.length)) found.wtp++
    if (looksLikeWsp(octets, 0, octets.length)) found.wsp++
    if (looksLikeWtls(octets, 0, octets.length)) found.wtls++
  }
  return found
}

function verdictsOf(t: Test, name: string, ports: number[]): Verdicts | undefined {
  const path = shared(t, name)
  return path === '' ? undefined : verdicts(datagrams(path), ports)
}

t.test('recognition by octets: WAP is what it is', t => {
  const wtp = verdictsOf(t, 'lab/09_wsp_connection_oriented.pcap', [9201])
  // 24 datagrams are lone segments, which nothing tells
  if (wtp) t.same(wtp, { datagrams: 123, wtp: 99, wsp: 0, wtls: 0 })
  const wsp = verdictsOf(t, 'lab/10_wsp_connectionless.pcap', [9200])
  if (wsp) t.same(wsp, { datagrams: 18, wtp: 0, wsp: 18, wtls: 0 })
  const mms = verdictsOf(t, 'derived__mms_over_cl-wsp.pcap', [9200, 2948])
  if (mms) t.same(mms, { datagrams: 23, wtp: 0, wsp: 23, wtls: 0 })
  t.end()
})

t.test('recognition by octets: DTLS, DNS, QUIC and random octets are not WAP', t => {
  const none = { wtp: 0, wsp: 0, wtls: 0 }
  const opaque = verdictsOf(t, 'lab/11_udp_9202_9203.pcap', [9202, 9203])
  if (opaque) t.match(opaque, none, `${opaque.datagrams} datagrams`)
  const captures: [string, number[]][] = [
    ['ndpi__gtpu_dtls.pcap', []],
    ['lab/05_dns.pcap', [53]],
    ['ndpi__dns.pcap', [53]],
    ['zeek__dns-edns-ecs.pcap', [53]],
    ['ndpi__quic-29.pcap', [443]],
    ['suricata-verify__quic-frag_input.pcap', [443]],
    ['ndpi__gtpu_zoom.pcap', []],
  ]
  for (const [name, ports] of captures) {
    const path = shared(t, name)
    if (path === '') continue
    const list = datagrams(path)
    const all = list.flatMap(d => [d.sourcePort, d.destinationPort])
    const found = verdicts(list, ports.length > 0 ? ports : all)
    t.ok(found.datagrams > 0, `${name}: ${found.datagrams} datagrams`)
    t.match(found, none, name)
  }
  t.end()
})
