/** DNS: messages of RFC 1035 section 4.1 word by word, compression attacks, truncation, mutation. */

import fc from 'fast-check'
import t from 'tap'
import { DnsMessage, DnsType, tcpMessageEnd } from '../../src/wire/dns.js'
import { Fault, FaultCode } from '../../src/wire/fault.js'
import { hexOctets, mutate, walled, Xorshift } from './octets-of.js'

const fault = new Fault()
const dns = new DnsMessage()

function read(octets: Uint8Array): boolean {
  const { buf, off, end } = walled(octets, 0)
  return dns.decode(buf, off, end, fault)
}

const query = hexOctets(`
  ffff 0100 0001 0000 0000 0001 # id, RD; one question, one additional record
  04 6d6d7363 07 6578616d706c65 00 # mmsc.example
  001c 0001                     # AAAA, IN
  00 0029 04d0 00000000 0000    # OPT, not read
`)

const answer = hexOctets(`
  8000 8583 0001 0004 0000 0000 # id, QR AA RD RA, NXDOMAIN; one question, four answers
  03 777777 07 6578616d706c65 00 # www.example, at offset 12
  0001 0001
  c00c 0005 0001 ffffffff 0007 04 6d6d7363 c010 # CNAME mmsc + pointer to "example"
  c029 0001 0001 0000003c 0004 0aaa0001         # A of mmsc.example, by a pointer to the CNAME's data
  c029 001c 0001 0000003c 0010 20010db8000000000000000000000001 # AAAA
  00   0010 0001 00000000 0004 03 616263        # TXT of the root
`)

t.test('query', async t => {
  t.equal(read(query), true)
  t.equal(dns.id, 0xffff)
  t.equal(dns.response, false)
  t.equal(dns.truncated, false)
  t.strictSame(dns.questions, [{ name: 'mmsc.example', type: 28, class: 1 }])
  t.strictSame(dns.answers, [])
})

t.test('answer with compression', async t => {
  const { buf, off, end } = walled(answer, 0)
  t.equal(dns.decode(buf, off, end, fault), true)
  t.equal(dns.id, 0x8000)
  t.equal(dns.response, true)
  t.equal(dns.rcode, 3)
  t.equal(dns.opcode, 0)
  t.equal(dns.questions[0]?.name, 'www.example')
  t.strictSame(
    dns.answers.map(a => [a.name, a.type, a.ttl, a.rdLength, a.target]),
    [
      ['www.example', DnsType.Cname, 0xffffffff, 7, 'mmsc.example'],
      ['mmsc.example', DnsType.A, 60, 4, undefined],
      ['mmsc.example', DnsType.Aaaa, 60, 16, undefined],
      ['', DnsType.Txt, 0, 4, undefined],
    ],
  )
  t.strictSame([...buf.subarray(dns.answers[1]!.rdOff).subarray(0, 4)], [10, 170, 0, 1])
})

t.test('flags', async t => {
  t.equal(read(hexOctets('0001 fb0f 0000 0000 0000 0000')), true, 'unknown codes are values')
  t.equal(dns.opcode, 15)
  t.equal(dns.rcode, 15)
  t.equal(dns.truncated, true)
})

t.test('every truncation fails, and keeps what was read before', async t => {
  for (let cut = 0; cut < answer.length; cut++) {
    t.equal(read(answer.subarray(0, cut)), false, `cut at ${cut}`)
    t.ok(fault.code === FaultCode.Truncated, fault.key)
    t.equal(dns.questions.length, cut >= 12 + 13 + 4 ? 1 : 0)
  }
  for (let cut = 0; cut < 12 + 14 + 4; cut++) t.equal(read(query.subarray(0, cut)), false)
})

t.test('names that attack the reader', async t => {
  const header = '0000 0100 0001 0000 0000 0000'
  const bad: [string, string, FaultCode][] = [
    ['a pointer to itself', 'c00c 0001 0001', FaultCode.BadValue],
    ['a pointer forward', 'c00e 0161 00 0001 0001', FaultCode.BadValue],
    ['a pointer into the labels that hold it', '0161 c00c 0001 0001', FaultCode.BadValue],
    ['a pointer into the header', 'c002 0001 0001', FaultCode.BadValue],
    ['a pointer far out', 'ffff 0001 0001', FaultCode.BadValue],
    ['a label type nobody uses', '4161 00 0001 0001', FaultCode.BadValue],
    ['a name of 256 octets', `${`3f${'61'.repeat(63)}`.repeat(4)}00 0001 0001`, FaultCode.Limit],
    ['a label past the end', '3f 6162', FaultCode.Truncated],
  ]
  for (const [name, hex, code] of bad) {
    t.equal(read(hexOctets(header + hex)), false, name)
    t.equal(fault.code, code, name)
    t.match(fault.key, /^dns\//)
  }
  const longest = `${`3f${'61'.repeat(63)}`.repeat(3)}3d${'62'.repeat(61)}00 0001 0001`
  t.equal(read(hexOctets(header + longest)), true, 'a name of 255 octets')
  t.equal(dns.questions[0]?.name.length, 253)
  t.equal(read(hexOctets('0000 0100 ffff 0000 0000 0000 0161 00 0001 0001')), false)
  t.equal(fault.code, FaultCode.Limit, '65535 questions')
  t.equal(read(hexOctets('0000 8180 0000 0001 0000 0000 00 0001 0001 00000000 ffff 0a')), false)
  t.equal(fault.code, FaultCode.Truncated, 'data of 65535 octets')
  t.equal(read(hexOctets('0000 8180 0000 0001 0000 0000 00 0001 0001 00000000 0003 0a0000')), false)
  t.equal(fault.code, FaultCode.BadLength, 'an address of 3 octets')
  const many = `0000 8180 0000 ffff 0000 0000 ${'00 0010 0001 00000000 0001 00'.repeat(70)}`
  t.equal(read(hexOctets(many)), true, 'answers past the bound are not read')
  t.equal(dns.answers.length, 64)
  t.equal(dns.answerCount, 65535)
  t.equal(
    read(new TextEncoder().encode('GET / HTTP/1.1\r\nHost: tunnel over port 53\r\n\r\n')),
    false,
  )
})

t.test('length prefix of TCP', async t => {
  const octets = hexOctets('0003 aabbcc 0000')
  t.equal(tcpMessageEnd(octets, 0, 7), 5)
  for (let cut = 0; cut < 5; cut++) t.equal(tcpMessageEnd(octets, 0, cut), -1)
  t.equal(tcpMessageEnd(octets, 5, 7), 7)
  t.equal(tcpMessageEnd(hexOctets('ffff 00'), 0, 3), -1)
})

t.test('property: labels read back', async t => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 63 })
  const property = fc.property(fc.array(label, { maxLength: 4 }), labels => {
    const size = labels.reduce((n, l) => n + 1 + l.length, 1)
    const octets = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    for (const l of labels) octets.push(l.length, ...l)
    octets.push(0, 0, 16, 0, 1)
    const ok = read(Uint8Array.from(octets))
    if (size > 255) return !ok && fault.code === FaultCode.Limit
    return ok && dns.questions[0]?.name === labels.map(l => String.fromCharCode(...l)).join('.')
  })
  fc.assert(property, { seed: 1035, numRuns: 2000 })
  t.pass()
})

t.test('100,000 mutations: bounded, inside, and the same whatever stands around', async t => {
  const random = new Xorshift(0x1035)
  let unstable = 0
  let outside = 0
  let good = 0
  for (let n = 0; n < 100_000; n++) {
    const octets = mutate(n % 2 === 0 ? answer : query, random)
    const seen: string[] = []
    for (const wall of [0x00, 0xc0]) {
      const { buf, off, end } = walled(octets, wall)
      const ok = dns.decode(buf, off, end, fault)
      if (ok) good++
      for (const a of dns.answers) {
        if (a.rdOff < off || a.rdOff + a.rdLength > end || a.name.length > 254) outside++
      }
      seen.push(`${ok} ${JSON.stringify(dns)}`)
    }
    if (seen[0] !== seen[1]) unstable++
  }
  t.equal(outside, 0)
  t.equal(unstable, 0)
  t.ok(good > 5000, `${good} of the mutated messages were still messages`)
})
