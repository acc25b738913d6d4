import t from 'tap'
import { Fault } from '../../src/wire/fault.js'
import { looksLikeWtls, WtlsDatagram, WtlsRecord, WtlsType } from '../../src/wire/wtls.js'
import { hex } from '../helpers/hex.js'
import { hostile, inside, random } from './hostile.js'

const fault = new Fault()

const clientHello = `
  c3           # length, sequence number; handshake
  0000         # sequence number 0
  0029         # 41 octets
  01 0026      # ClientHello, 38 octets
  01           # WTLS version 1
  3c000000 000102030405060708090a0b # time, random
  00           # no session id
  0004 0100 00 00 # client key ids: 4 octets
  0000         # trusted key ids
  04 0501 0007 # cipher suites: DES CBC SHA_40, NULL MD5
  01 00        # compression: none
  02           # explicit sequence numbers
  00           # key refresh
  0000 00      # (filler of this vector)
`
/** ServerHello with the bulk cipher `bulk` and MAC 3. */
function serverHello(bulk: string): string {
  return `
  c3 0001      # length, sequence number; handshake; number 1
  0020         # 32 octets
  02 001d      # ServerHello, 29 octets
  01           # version 1
  3c000001 000102030405060708090a0b # time, random
  05 1122334455 # session id
  01           # client key id
  ${bulk} 03   # bulk cipher, MAC
  00           # compression
  02 00        # explicit sequence numbers, key refresh
`
}
const encrypted = `
  e4           # length, sequence number, cipher in use; application data
  0007         # sequence number 7
  0008         # 8 octets
  3132333435363738
`
const changeAndFinished = `
  c1 0002 0001 01 # ChangeCipherSpec in the clear
  e3 0003 0004 deadbeef # Finished, encrypted
`

interface Found {
  type: number
  encrypted: boolean
  sequence: number
  octets: number
  handshakeType: number
  cipher: number
}

function records(octets: Uint8Array): Found[] {
  const datagram = new WtlsDatagram()
  const found: Found[] = []
  datagram.start(octets, 0, octets.length)
  while (datagram.next(fault)) {
    const { type, encrypted, sequence, fragmentOff, fragmentEnd, handshakeType, cipher } =
      datagram.record
    found.push({
      type,
      encrypted,
      sequence,
      octets: fragmentEnd - fragmentOff,
      handshakeType,
      cipher,
    })
  }
  return found
}

t.test('application data under a cipher', t => {
  t.same(records(hex(encrypted)), [
    {
      type: WtlsType.ApplicationData,
      encrypted: true,
      sequence: 7,
      octets: 8,
      handshakeType: -1,
      cipher: -1,
    },
  ])
  t.end()
})

t.test('a hello, and the cipher that the server chose', t => {
  t.match(records(hex(clientHello)), [{ type: WtlsType.Handshake, handshakeType: 1, cipher: -1 }])
  t.match(records(hex(serverHello('05'))), [{ handshakeType: 2, cipher: 5, sequence: 1 }])
  t.match(records(hex(serverHello('00'))), [{ handshakeType: 2, cipher: 0, encrypted: false }])
  const record = new WtlsRecord()
  const octets = hex(serverHello('00'))
  t.ok(record.decode(octets, 0, octets.length, fault))
  t.match(record, { nullCipher: true, mac: 3 })
  const other = hex(serverHello('03'))
  t.ok(record.decode(other, 0, other.length, fault) && !record.nullCipher)
  t.end()
})

t.test('several records in a datagram', t => {
  t.match(records(hex(changeAndFinished)), [
    { type: WtlsType.ChangeCipherSpec, encrypted: false, sequence: 2, octets: 1 },
    { type: WtlsType.Handshake, encrypted: true, sequence: 3, octets: 4, handshakeType: -1 },
  ])
  t.equal(fault.code, 0)
  t.end()
})

t.test('a record without length or number goes on to the end', t => {
  t.match(records(hex('24 aabbcc')), [{ type: 4, encrypted: true, sequence: -1, octets: 3 }])
  t.match(records(hex('64 0009 aabbcc')), [{ sequence: 9, octets: 3 }])
  t.match(records(hex('84 0001 aa 44 0001 bb')), [
    { octets: 1, sequence: -1, encrypted: false },
    { octets: 1, sequence: 1 },
  ])
  t.end()
})

t.test('damage', t => {
  t.same(records(hex('')), [])
  t.same(records(hex('e4 00')), [])
  t.equal(fault.key, 'wtls/truncated')
  t.same(records(hex('e4 0007 ffff 3132')), [])
  t.equal(fault.key, 'wtls/bad-length')
  t.equal(records(hex(`${changeAndFinished} e4 0004 0009 00`)).length, 2)
  t.equal(fault.key, 'wtls/bad-length')
  t.match(records(hex('c3 0001 0002 0200')), [{ handshakeType: -1, cipher: -1 }])
  t.match(records(hex('c3 0001 0003 02 ffff')), [{ handshakeType: 2, cipher: -1 }])
  const long = serverHello('00').replace('05 1122334455', 'ff 1122334455')
  t.match(
    records(hex(long)),
    [{ handshakeType: 2, cipher: -1 }],
    'session id longer than the hello',
  )
  t.end()
})

function looks(text: string): boolean {
  const octets = hex(text)
  return looksLikeWtls(octets, 0, octets.length)
}

t.test('what looks like WTLS', t => {
  t.ok(looks(encrypted))
  t.ok(looks(clientHello))
  t.ok(looks(serverHello('05')))
  t.ok(looks(changeAndFinished))
  t.ok(looks('c2 0004 0006 01 00 00000000'), 'Alert')
  t.ok(looks('64 0009 aabbccdd'), 'no length')
  t.end()
})

t.test('what does not', t => {
  t.notOk(looks(''))
  t.notOk(looks('e4 0007 0009 3132333435363738'), 'one octet short')
  t.notOk(looks('e4 0007 0007 3132333435363738'), 'one octet over')
  t.notOk(looks('f4 0007 0008 3132333435363738'), 'the reserved bit')
  t.notOk(looks('e5 0007 0008 3132333435363738'), 'content type 5')
  t.notOk(looks('24 aabbcc'), 'no sequence number')
  t.notOk(looks('64 0400 aabbccdd'), 'no length, and the number 1024')
  t.notOk(looks('c4 0001 0002 aabb'), 'data in the clear is whatever the port says')
  t.notOk(looks(clientHello.replace('01           # WTLS', '02           # WTLS')), 'version 2')
  t.notOk(looks('c1 0002 0001 02'))
  t.notOk(looks('64 40 08 68747470 3a2f2f61'), 'connectionless Get with TID 0x64')
  t.notOk(looks('07 40 08 68747470 3a2f2f61'), 'with TID 7')
  t.notOk(looks('0a 0001 12 40 01 2f'), 'WTP')
  t.notOk(looks('16 fefd 0000 00000000 0000 0004 0e000000'), 'DTLS 1.2')
  t.notOk(looks('2f 0001 0008 3132333435363738'), 'DTLS 1.3')
  t.notOk(looks('16 0301 0004 01000000'), 'TLS')
  t.notOk(looks('1234 0100 0001 0000 0000 0000 01610000010001'), 'DNS')
  t.end()
})

t.test('random datagrams are rarely taken for WTLS', t => {
  const next = random(77)
  const octets = new Uint8Array(64)
  let taken = 0
  for (let n = 0; n < 20_000; n++) {
    for (let i = 0; i < octets.length; i++) octets[i] = next() & 255
    if (looksLikeWtls(octets, 0, octets.length)) taken++
  }
  t.ok(taken < 20, `${taken} of 20000`)
  t.end()
})

t.test('cut and mutated', t => {
  const datagram = new WtlsDatagram()
  const local = new Fault()
  const reader = (buf: Uint8Array, off: number, end: number): string => {
    const found: unknown[] = [looksLikeWtls(buf, off, end)]
    let at = off
    datagram.start(buf, off, end)
    while (datagram.next(local)) {
      const record = datagram.record
      if (record.off !== at || record.end <= record.off) throw new Error('gap')
      at = record.end
      inside(off, end, record.fragmentOff, record.fragmentEnd, 'fragment')
      found.push({ ...record })
    }
    if (local.code === 0 && at !== end) throw new Error('octets without a record')
    return JSON.stringify(found, (k, v) => (/^(off|end)$|(Off|End)$/.test(k) ? v - off : v))
  }
  hostile(t, 'ClientHello', hex(clientHello), reader)
  hostile(t, 'ServerHello', hex(serverHello('00')), reader)
  hostile(t, 'two records', hex(changeAndFinished), reader)
  t.end()
})
