/** DNS for `dissect`: questions and answers, over UDP and TCP. Read RFC 1035 section 4 and wire/dns.ts
 * first. */

import { DnsMessage, DnsType } from '../wire/dns.js'
import { ipv4Text, ipv6Text, u16 } from '../wire/octets.js'
import { hexNumber } from './field-list.js'
import { type Inspector, messageStream, type Walk } from './inspector.js'

/** RFC 1035 section 4.2.2 */
const lengthPrefix = 2
const headerOctets = 12

const message = new DnsMessage()

export const dns: Inspector = {
  name: 'dns',
  doc: {
    standard: 'RFC 1035, RFC 3596',
    decoded: 'questions, answers of type A, AAAA and CNAME, over UDP and TCP; mDNS and LLMNR alike',
    missing: 'authority and additional records (EDNS), the data of other answers',
  },
  fields: {
    'dns.id': 'number',
    'dns.flags.response': 'number',
    'dns.flags.opcode': 'number',
    'dns.flags.truncated': 'number',
    'dns.flags.rcode': 'number',
    'dns.count.answers': 'number',
    'dns.qry.name': 'text',
    'dns.qry.type': 'number',
    'dns.qry.class': 'number',
    'dns.resp.name': 'text',
    'dns.resp.type': 'number',
    'dns.resp.ttl': 'number',
    'dns.a': 'address',
    'dns.aaaa': 'address',
    'dns.cname': 'text',
  },
  summary: ['dns.qry.name', 'dns.a', 'dns.aaaa', 'dns.cname'],
  udpPorts: [53, 5353, 5355],
  tcpPorts: [53],
  stream: () =>
    messageStream(
      (buf, off, end) => (end - off < lengthPrefix ? 0 : lengthPrefix + u16(buf, off)),
      (buf, off, end, walk) => inspect(buf, off + lengthPrefix, end, walk),
    ),
  inspect,
}

function inspect(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  walk.layer('dns')
  const whole = message.decode(buf, off, end, fault)
  if (end - off >= headerOctets) {
    out.add('dns.id', hexNumber(message.id, 4))
    out.add('dns.flags.response', message.response ? 1 : 0)
    out.add('dns.flags.opcode', message.opcode)
    if (message.truncated) out.add('dns.flags.truncated', 1)
    if (message.response) out.add('dns.flags.rcode', message.rcode)
    out.add('dns.count.answers', message.answerCount)
  }
  for (const question of message.questions) {
    // Wireshark shows the root as this, so that it is seen
    out.add('dns.qry.name', question.name === '' ? '<Root>' : question.name)
    out.add('dns.qry.type', question.type)
    out.add('dns.qry.class', hexNumber(question.class, 4))
  }
  for (const answer of message.answers) {
    out.add('dns.resp.name', answer.name === '' ? '<Root>' : answer.name)
    out.add('dns.resp.type', answer.type)
    out.add('dns.resp.ttl', answer.ttl)
    if (answer.type === DnsType.A) out.add('dns.a', ipv4Text(buf, answer.rdOff))
    else if (answer.type === DnsType.Aaaa) out.add('dns.aaaa', ipv6Text(buf, answer.rdOff))
    else if (answer.target !== undefined) out.add('dns.cname', answer.target)
  }
  if (!whole) walk.malformed(fault)
}
