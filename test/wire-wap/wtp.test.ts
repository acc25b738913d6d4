import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { WtpPdu, WtpType } from '../../src/wire/wtp.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside } from './hostile.js'

const fault = new Fault()

function decode(text: string): WtpPdu {
  const octets = hex(text)
  const pdu = new WtpPdu()
  fault.clear()
  if (!pdu.decode(octets, 0, octets.length, fault)) throw new Error(`not decoded: ${fault.key}`)
  return pdu
}

function refused(text: string): string {
  const octets = hex(text)
  const pdu = new WtpPdu()
  fault.clear()
  const good = pdu.decode(octets, 0, octets.length, fault)
  return good ? 'good' : `${fault.key} at ${fault.at}, type ${pdu.type}`
}

const invoke = `
  0a        # CON 0, Invoke, GTR 0, TTR 1, RID 0
  0001      # TID 1 of the initiator
  32        # version 0, TIDnew, user acknowledgement, class 2
  01 10 00 00 # WSP Connect
`
const ack = `
  98        # CON 1, Ack
  0002      # TID
  19 02     # TPI 3 (packet sequence number), one octet: 2
`

t.test('Invoke', t => {
  const pdu = decode(invoke)
  t.match(pdu, {
    type: WtpType.Invoke,
    gtr: false,
    ttr: true,
    rid: false,
    tid: 1,
    tidRaw: 1,
    fromResponder: false,
    version: 0,
    tidNew: true,
    userAck: true,
    transactionClass: 2,
    psn: 0,
    segment: false,
    payloadOff: 4,
    payloadEnd: 8,
  })
  t.end()
})

t.test('Invoke that is the first of several packets, sent again', t => {
  const pdu = decode('0d 7fff 00 60') // GTR 1, TTR 0, RID 1, class 0
  t.match(pdu, { gtr: true, ttr: false, rid: true, segment: true, tid: 0x7fff })
  t.match(pdu, { transactionClass: 0, tidNew: false, userAck: false })
  t.end()
})

t.test('Result of the responder has the top bit of the TID', t => {
  const pdu = decode('12 8001 04 20 00')
  t.match(pdu, { type: WtpType.Result, tid: 1, tidRaw: 0x8001, fromResponder: true })
  t.match(pdu, { payloadOff: 3, payloadEnd: 6, transactionClass: -1, psn: 0 })
  t.end()
})

t.test('Ack with and without a packet sequence number', t => {
  t.match(decode(ack), { type: WtpType.Ack, psn: 2, tidVerify: false, payloadOff: 5 })
  t.match(decode('1c 8001'), { psn: -1, tidVerify: true, rid: false })
  t.match(decode('19 8001'), { psn: -1, tidVerify: false, rid: true })
  t.end()
})

t.test('Abort by the provider and by WSP', t => {
  t.match(decode('20 0005 01'), { type: WtpType.Abort, abortType: 0, abortReason: 1 })
  t.match(decode('21 8005 e1'), { abortType: 1, abortReason: 0xe1, fromResponder: true })
  t.end()
})

t.test('segments', t => {
  t.match(decode('2c 000d 01 61 62'), {
    type: WtpType.SegmentedInvoke,
    psn: 1,
    gtr: true,
    ttr: false,
    segment: true,
    payloadOff: 4,
    payloadEnd: 6,
  })
  t.match(decode('32 8008 ff 61'), { type: WtpType.SegmentedResult, psn: 255, ttr: true })
  t.end()
})

t.test('Negative Ack', t => {
  t.match(decode('38 0008 02 03 05'), { type: WtpType.NegativeAck, missing: 2, headerEnd: 6 })
  t.match(decode('39 0008 00'), { missing: 0, rid: true })
  t.end()
})

t.test('variable header: a chain of TPIs, one with an octet of length', t => {
  const pdu = decode(`
    8a 0001 12  # CON 1, Invoke, class 2
    93 01 02 03 # CON 1, TPI 2 (option), 3 octets
    8c 04 61626364 # CON 1, TPI 1 (info), long, 4 octets
    19 07       # CON 0, TPI 3 (packet sequence number), 1 octet
    40 01 2f    # Get /
  `)
  t.match(pdu, { payloadOff: 16, payloadEnd: 19, psn: 0 })
  t.end()
})

t.test('types 8 to 15 are values, not faults', t => {
  t.match(decode('48 0001 aa'), { type: 9, tid: 1, payloadOff: 4, payloadEnd: 4 })
  t.end()
})

t.test('what is refused, and why', t => {
  t.equal(refused(''), 'wtp/truncated at 0, type 0')
  t.equal(refused('00 0001 32'), 'wtp/bad-value at 0, type 0')
  t.equal(refused('0a 00'), 'wtp/truncated at 0, type 0')
  t.equal(refused('0a 0001'), 'wtp/truncated at 0, type 0')
  t.equal(refused('0a 0001 72 40'), 'wtp/unsupported at 3, type 0', 'version 1')
  t.equal(refused('38 0001 03 01 02'), 'wtp/bad-length at 3, type 0', 'list longer than the PDU')
  t.equal(refused('38 0001 ff'), 'wtp/bad-length at 3, type 0')
  t.equal(refused('98 0002'), 'wtp/truncated at 0, type 0', 'CON without a TPI')
  t.equal(refused('98 0002 1c'), 'wtp/truncated at 0, type 0', 'TPI without its length')
  t.equal(refused('98 0002 1c ff 00'), 'wtp/truncated at 0, type 0', 'TPI longer than the PDU')
  t.equal(refused('98 0002 99 02'), 'wtp/truncated at 0, type 0', 'chain that does not end')
  t.equal(fault.code, FaultCode.Truncated)
  t.end()
})

t.test('cut and mutated', t => {
  const pdu = new WtpPdu()
  const read = (buf: Uint8Array, off: number, end: number): string => {
    const local = new Fault()
    const good = pdu.decode(buf, off, end, local)
    inside(off, end, pdu.payloadOff, pdu.payloadEnd, 'payload')
    if (!good && (pdu.type !== 0 || local.code === FaultCode.None)) throw new Error('no reason')
    return JSON.stringify([good, { ...pdu }, local.code], (k, v) =>
      k.endsWith('Off') || k.endsWith('End') ? v - off : v,
    )
  }
  hostile(t, 'Invoke', hex(invoke), read)
  hostile(t, 'Ack', hex(ack), read)
  hostile(t, 'Negative Ack', hex('38 0008 02 03 05'), read)
  hostile(t, 'TPIs', hex('8a 0001 12 93 010203 8c 04 61626364 19 07 40 01 2f'), read)
  t.end()
})
