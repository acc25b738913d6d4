/** ClientHello: a hand-made one word by word, cut over segments and records, damaged, and mutated. */

import t from 'tap'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { ClientHello, HelloState } from '../../src/wire/tls-client-hello.js'
import { startsTls, startsTlsRecord } from '../../src/wire/tls-record.js'
import { ascii, hexOctets, mutate, walled, Xorshift } from './octets-of.js'

const fault = new Fault()
const hello = new ClientHello()

function u16Octets(n: number): number[] {
  return [n >> 8, n & 255]
}

function extension(type: number, data: readonly number[]): number[] {
  return [...u16Octets(type), ...u16Octets(data.length), ...data]
}

function serverName(name: string, type = 0): number[] {
  const octets = [type, ...u16Octets(name.length), ...ascii(name)]
  return extension(0, [...u16Octets(octets.length), ...octets])
}

/** A handshake message around `extensions`; undefined leaves the extensions' length out. */
function message(extensions: readonly number[] | undefined): Uint8Array {
  const body = [3, 3, ...new Array<number>(32).fill(0xee), 0, 0, 2, 0x13, 0x01, 1, 0]
  if (extensions) body.push(...u16Octets(extensions.length), ...extensions)
  return Uint8Array.from([1, 0, ...u16Octets(body.length), ...body])
}

/** Handshake data cut into records of at most `size` octets. */
function records(data: Uint8Array, size = 16384): Uint8Array {
  const out: number[] = []
  for (let i = 0; i < data.length; i += size) {
    const part = data.subarray(i, i + size)
    out.push(22, 3, 1, ...u16Octets(part.length), ...part)
  }
  return Uint8Array.from(out)
}

function read(octets: Uint8Array): HelloState {
  const { buf, off, end } = walled(octets, 0)
  return hello.decode(buf, off, end, fault)
}

const handMade = hexOctets(`
  16 03 01 00 8b          # handshake record, legacy version TLS 1.0, 139 octets
  01 00 00 87             # ClientHello, 135 octets
  03 03                   # legacy_version TLS 1.2
  8000000000000000000000000000000000000000000000000000000000000001 # random
  20                      # session id, 32 octets
  ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff
  00 04 1301 c02f         # two cipher suites
  01 00                   # no compression
  00 3a                   # extensions, 58 octets
  0a0a 0000               # GREASE, empty
  0000 0011 000f 00 000c 6d6d73632e6578616d706c65 # server_name: mmsc.example
  0010 000e 000c 02 6832 08 687474702f312e31 # ALPN: h2, http/1.1
  002b 0007 06 1a1a 0304 0303 # supported_versions: GREASE, TLS 1.3, TLS 1.2
  fe0d 0000               # encrypted_client_hello, empty: not an outer one
`)

t.test('every field of a hand-made ClientHello', async t => {
  t.equal(read(handMade), HelloState.Complete)
  t.equal(hello.serverName, 'mmsc.example')
  t.strictSame(hello.protocols, ['h2', 'http/1.1'])
  t.strictSame(hello.versions, [0x0304, 0x0303])
  t.equal(hello.legacyVersion, 0x0303)
  t.equal(hello.ech, false)
  t.equal(hello.esni, false)
  t.equal(hello.decodeMessage(handMade, 5, handMade.length, fault), true)
  t.equal(hello.serverName, 'mmsc.example')
})

t.test('every truncation needs more, and shows the name as soon as it is there', async t => {
  const nameEnd = 5 + 4 + 34 + 33 + 6 + 2 + 2 + 4 + 4 + 5 + 12
  for (let cut = 0; cut < handMade.length; cut++) {
    const { buf, off, end } = walled(handMade.subarray(0, cut), 0)
    t.equal(hello.decode(buf, off, end, fault), HelloState.NeedMore, `cut at ${cut}`)
    t.equal(fault.code, FaultCode.None)
    t.equal(hello.decodePartial(buf, off, end, fault), cut >= nameEnd, `partial at ${cut}`)
    t.equal(hello.serverName, cut >= nameEnd ? 'mmsc.example' : '')
  }
})

t.test('cut over records of every size, and over segments at the same time', async t => {
  const data = handMade.subarray(5)
  for (let size = 1; size <= data.length; size++) {
    const octets = records(data, size)
    t.equal(read(octets), HelloState.Complete, `records of ${size}`)
    t.equal(hello.serverName, 'mmsc.example')
    for (let cut = 0; cut < octets.length; cut += 1 + (size % 5)) {
      if (read(octets.subarray(0, cut)) !== HelloState.NeedMore) t.fail(`${size}, cut at ${cut}`)
    }
  }
  const large = message([
    ...serverName('a.example'),
    ...extension(21, new Array<number>(30_000).fill(0)),
  ])
  t.equal(read(records(large)), HelloState.Complete, 'two full records')
  t.equal(hello.serverName, 'a.example')
  const between = [
    ...records(data.subarray(0, 50)),
    21,
    3,
    1,
    0,
    2,
    1,
    0,
    ...records(data.subarray(50)),
  ]
  t.equal(read(Uint8Array.from(between)), HelloState.Damaged, 'an alert between two parts')
  t.equal(fault.key, 'tls/bad-value')
  t.equal(read(Uint8Array.from([22, 3, 1, 0, 1, 1, 23, 3, 3, 0, 9])), HelloState.Damaged)
})

t.test('what is not a ClientHello', async t => {
  const others: [string, Uint8Array][] = [
    ['SSLv2', hexOctets('80 2e 01 03 01 00 15 00 00 00 10 010080')],
    ['ServerHello', hexOctets('16 03 03 00 31 02 00 00 2d 0303')],
    ['HTTP', ascii('GET / HTTP/1.1\r\n')],
    ['application data', hexOctets('17 03 03 00 10 00112233')],
    ['DTLS', hexOctets('16 fe fd 00 00 00 00 00 00 00 00 00 31 01')],
    ['a record of 0 octets', hexOctets('16 03 01 00 00 01')],
    ['a record that is too long', hexOctets('16 03 01 ff ff 01')],
  ]
  for (const [name, octets] of others) {
    t.equal(read(octets), HelloState.NotTls, name)
    t.equal(fault.code, FaultCode.None, 'other traffic is no fault')
    t.equal(startsTls(octets, 0, octets.length), 0)
    t.equal(hello.decodePartial(octets, 0, octets.length, fault), false)
  }
  for (let cut = 0; cut < 6; cut++) t.equal(startsTls(handMade, 0, cut), -1)
  t.equal(startsTls(handMade, 0, 6), 1)
  const data = hexOctets('17 03 03 00 10')
  t.equal(startsTlsRecord(data, 0, 5), 1)
  t.equal(startsTls(data, 0, 1), 0, 'already the first octet tells')
})

t.test('names, encrypted names, no names', async t => {
  const shows = (extensions: number[] | undefined) => {
    const result = read(records(message(extensions)))
    return `${result} ${hello.serverName} ech ${hello.ech} esni ${hello.esni}`
  }
  t.equal(shows(undefined), '1  ech false esni false', 'before TLS 1.2 no extensions at all')
  t.equal(shows([]), '1  ech false esni false')
  t.equal(shows(serverName('MMSC.Example')), '1 MMSC.Example ech false esni false')
  t.equal(shows(extension(0xffce, [1, 2, 3])), '1  ech false esni true')
  const outer = extension(0xfe0d, [0, 0, 1, 0, 1, 7])
  t.equal(
    shows([...outer, ...serverName('public.example')]),
    '1 public.example ech true esni false',
  )
  t.equal(shows(serverName('x', 7)), '1  ech false esni false', 'a name type nobody knows')
  t.equal(shows([...serverName('first'), ...serverName('second')]), '1 first ech false esni false')
  t.match(shows(serverName('')), /^3 /)
  t.match(shows(serverName('n'.repeat(256))), /^3 /)
  t.match(shows(extension(0, [])), /^3 /, 'a server sends it empty, a client does not')
  t.match(shows(extension(16, [0, 3, 9, 65, 65])), /^3 /)
  t.match(
    shows([...extension(16, [0xb8, 0x89, 1]), ...serverName('behind.example')]),
    /^3 behind.example/,
    'a broken extension does not hide the name behind it',
  )
  t.match(shows(extension(43, [3, 3, 4, 3])), /^3 /)
  t.equal(fault.key, 'tls/bad-length')
})

t.test('lengths that contradict each other', async t => {
  const at = (offset: number, value: number) => {
    const copy = handMade.slice()
    copy[offset] = value
    return read(copy)
  }
  t.equal(at(5 + 1, 1), HelloState.Damaged, 'a message of 65671 octets')
  t.equal(fault.code, FaultCode.Limit)
  t.equal(at(5 + 3, 0x86), HelloState.Damaged, 'message shorter than its extensions')
  t.equal(at(5 + 4 + 34, 33), HelloState.Damaged, 'session id of 33 octets')
  t.equal(at(5 + 4 + 34 + 33, 0xff), HelloState.Damaged, 'cipher suites past the end')
  t.equal(at(5 + 4 + 34 + 33 + 6, 0xff), HelloState.Damaged, 'compression methods past the end')
  t.equal(at(5 + 4 + 34 + 33 + 8, 0xff), HelloState.Damaged, 'extensions past the end')
  t.equal(hello.serverName, 'mmsc.example', 'what came before the damage stays')
  t.equal(read(records(Uint8Array.from([1, 0, 0, 4, 3, 3, 0, 0]))), HelloState.Damaged, 'too small')
})

t.test('150,000 mutations: bounded results that nothing around [off, end) changes', async t => {
  const random = new Xorshift(0x8446)
  const seeds = [
    handMade,
    records(handMade.subarray(5), 40),
    records(message(serverName('a.b.c')), 3),
  ]
  const results = [0, 0, 0, 0]
  let unstable = 0
  let unbounded = 0
  for (let n = 0; n < 150_000; n++) {
    const octets = mutate(seeds[n % 3]!, random)
    const seen: string[] = []
    for (const wall of [0x00, 0x16]) {
      const { buf, off, end } = walled(octets, wall)
      const result = hello.decode(buf, off, end, fault)
      results[result]!++
      if (hello.serverName.length > 255 || hello.protocols.length > 32) unbounded++
      const full = JSON.stringify(hello)
      seen.push(
        `${result} ${full} ${hello.decodePartial(buf, off, end, fault)} ${JSON.stringify(hello)}`,
      )
    }
    if (seen[0] !== seen[1]) unstable++
  }
  t.equal(unstable, 0)
  t.equal(unbounded, 0)
  t.ok(
    results.every(n => n > 1000),
    `all four results were met: ${results.join(' ')}`,
  )
})
