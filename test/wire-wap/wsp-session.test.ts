/** Capabilities and Redirect of WSP, content type parameters, and the parts of multimedia messages. */

import { readFileSync } from 'node:fs'
import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { MmsMultipart, maxParts } from '../../src/wire/mms-multipart.js'
import { MmsPdu } from '../../src/wire/mms-pdu.js'
import { WspPdu, WspType } from '../../src/wire/wsp.js'
import { wspCapabilities } from '../../src/wire/wsp-capability.js'
import { contentTypeParameter } from '../../src/wire/wsp-parameter.js'
import { wspRedirect } from '../../src/wire/wsp-redirect.js'
import { hex } from '../helpers/hex.js'
import { datagrams, shared } from './capture.js'
import { hostile, inside } from './hostile.js'

const fault = new Fault()

const capabilities = hex(`
  04 80 8ef81f          # Client-SDU-Size 244767
  03 81 8550            # Server-SDU-Size 720
  02 82 f0              # Protocol Options: all but large data transfer
  02 83 02              # Method-MOR 2
  02 84 01              # Push-MOR 1
  07 85 50 4c4f434b 00  # Extended Methods: 0x50 is LOCK
  08 86 02 782d666f6f 00 # Header Code Pages: page 2 is x-foo
  01 87                 # Aliases: none
  03 88 8550            # Client-Message-Size 720
  02 8f 2a              # not assigned
  07 782d766e6400 2a    # x-vnd
`)

t.test('capabilities', async t => {
  const list = wspCapabilities(capabilities, 0, capabilities.length, fault)
  t.equal(fault.code, FaultCode.None)
  t.strictSame(
    list.map(one => `${one.name}=${one.number}=${one.text}`),
    [
      'Client-SDU-Size=244767=244767',
      'Server-SDU-Size=720=720',
      'Protocol Options=240=confirmed push, push, session resume, acknowledgement headers',
      'Method-MOR=2=2',
      'Push-MOR=1=1',
      'Extended Methods=-1=0x50 LOCK',
      'Header Code Pages=-1=page 2 x-foo',
      'Aliases=-1=',
      'Client-Message-Size=720=720',
      '0x0f=-1=0x2a',
      'x-vnd=-1=0x2a',
    ],
  )
  t.strictSame(wspCapabilities(hex('05 80 01'), 0, 3, fault), [])
  t.equal(fault.key, 'wsp/truncated')
  const many = new Uint8Array(200).fill(0x87)
  for (let i = 0; i < many.length; i += 2) many[i] = 1
  t.equal(wspCapabilities(many, 0, many.length, fault).length, 32)
  t.equal(fault.key, 'wsp/limit')
  hostile(t, 'capabilities', capabilities, (buf, off, end) =>
    JSON.stringify([wspCapabilities(buf, off, end, fault), fault.key]),
  )
})

const redirect = hex(`
  03                    # Redirect
  c0                    # permanent, reuse the security session
  c4 05 23f1 0a0000ac   # bearer 5, port 9201, 10.0.0.172
  04 c0000201           # 192.0.2.1
  50 23f0 20010db8000000000000000000000001 # port 9200, 2001:db8::1
  03 123456             # an address of another kind
`)

t.test('redirect', async t => {
  const pdu = new WspPdu()
  t.equal(pdu.decode(redirect, 0, redirect.length, false, fault), true)
  t.equal(pdu.type, WspType.Redirect)
  t.strictSame(wspRedirect(redirect, pdu.dataOff, pdu.dataEnd, fault), {
    permanent: true,
    reuseSecurity: true,
    addresses: [
      { bearer: 5, port: 9201, address: '10.0.0.172' },
      { bearer: -1, port: -1, address: '192.0.2.1' },
      { bearer: -1, port: 9200, address: '2001:db8::1' },
      { bearer: -1, port: -1, address: '123456' },
    ],
  })
  t.equal(fault.code, FaultCode.None)
  const cut = wspRedirect(redirect, 1, 12, fault)
  t.strictSame([cut.addresses.length, fault.key], [1, 'wsp/truncated'])
  wspRedirect(redirect, 1, 1, fault)
  t.equal(fault.key, 'wsp/truncated')
  hostile(t, 'redirect', redirect.slice(1), (buf, off, end) =>
    JSON.stringify([wspRedirect(buf, off, end, fault), fault.key]),
  )
})

t.test('parameters of a content type', async t => {
  const related = hex(`
    19 b3               # 25 octets: application/vnd.wap.multipart.related
    8a 3c414141413e 00  # Start, <AAAA>
    89 6170706c2f78 00  # Type, appl/x
    6e616d65 00 81      # name, in text: a value that is no text
    81 ea               # Charset, UTF-8
  `)
  const parameter = (wanted: readonly number[], name = '') =>
    contentTypeParameter(related, 0, related.length, wanted, name)
  t.equal(parameter([0x0a, 0x19]), '<AAAA>')
  t.equal(parameter([0x09]), 'appl/x')
  t.equal(parameter([0x17]), '')
  t.equal(contentTypeParameter(hex('83'), 0, 1, [1], 'name'), '', 'a short form has none')
})

const multipart = hex(`
  03                    # three parts
  1d 05                 # headers 29, data 5
  11 6170706c69636174696f6e2f736d696c 00 # 17 octets: application/smil
  c0 22 3c413e 00       # Content-ID "<A>
  8e 612e 00 00         # Content-Location a. and an octet too many
  3c73 3e0d0a
  09 03                 # headers 9, data 3
  07 9e 85 612e6a 00 85 # image/jpeg, Name a.j and half a parameter
  00 ffd8ff
  01 00                 # headers 1, no data
  83                    # text/plain
`)

const read = (octets: Uint8Array) => {
  const body = new MmsMultipart()
  fault.clear()
  const good = body.decode(octets, 0, octets.length, fault)
  const parts = body.parts.map(p => [p.contentType, p.name, p.contentId, p.octets])
  return { good, parts, fault: fault.key, count: body.count }
}

t.test('parts of a message', async t => {
  t.match(read(multipart), {
    good: true,
    count: 3,
    parts: [
      ['application/smil', 'a.', 'A', 5],
      ['image/jpeg', 'a.j', '', 3],
      ['text/plain', '', '', 0],
    ],
  })
  t.match(read(multipart.slice(0, -5)), { good: false, fault: 'mms/truncated', count: 3 })
  t.equal(read(multipart.slice(0, 33)).parts.length, 1, 'a part whose data are cut is told')
  t.match(read(hex('8fffff7f 01 00 83')), { good: false, fault: 'mms/truncated' })
  const many = Uint8Array.from([0x81, 0x70, ...new Array(240).fill([1, 0, 0x83]).flat()])
  t.match(read(many), { good: false, fault: 'mms/limit' })
  t.equal(read(many).parts.length, maxParts)
  const body = new MmsMultipart()
  hostile(t, 'multipart', multipart, (buf, off, end) => {
    body.decode(buf, off, end, fault)
    for (const part of body.parts) inside(off, end, part.dataOff, part.dataEnd, 'data')
    const parts = body.parts.map(p => [
      p.contentType,
      p.name,
      p.contentId,
      p.octets,
      p.dataEnd - off,
    ])
    return JSON.stringify([parts, fault.key])
  })
})

t.test('types of all parts of the shared messages, as tshark has them', async t => {
  const path = shared(t, 'derived__mms_over_cl-wsp.pcap')
  if (path === '') return
  const truth = JSON.parse(
    readFileSync(shared(t, 'truth/derived__mms_over_cl-wsp.pcap.json'), 'utf8'),
  )
  const wanted = new Map<number, string[]>()
  for (const one of truth.wap.wsp) {
    const types = one['wsp.header.content_type']
    if (Array.isArray(types)) wanted.set(one.frame, types)
  }
  let messages = 0
  for (const { frame, octets } of datagrams(path)) {
    const pdu = new WspPdu()
    const mms = new MmsPdu()
    const body = new MmsMultipart()
    const types = wanted.get(frame)
    if (types === undefined || !pdu.decode(octets, 0, octets.length, true, fault)) continue
    if (!mms.decode(octets, pdu.dataOff, pdu.dataEnd, fault)) continue
    if (!mms.contentType.includes('multipart')) continue
    body.decode(octets, mms.bodyOff, mms.bodyEnd, fault)
    messages++
    t.strictSame(
      [mms.contentType, ...body.parts.map(p => p.contentType)],
      types.slice(1),
      `${frame}`,
    )
  }
  t.ok(messages >= 8, `${messages} messages`)
})
