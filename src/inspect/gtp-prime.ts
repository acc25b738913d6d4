/** GTP' for `dissect`, over UDP and TCP; the charging records in it have their lengths only. Read 3GPP TS 32.295
 * clause 6 first. */

import { FaultCode } from '../wire/fault.js'
import { gtpPrimeOctets, gtpPrimePort } from '../wire/gtp-prime.js'
import { type DataRecordPacket, readGtpPrime } from '../wire/gtp-prime-message.js'
import { type FieldList, hexNumber } from './field-list.js'
import { giveUp, type Inspector, messageStream, type Walk } from './inspector.js'

/** The four bits of the Release Identifier that say "see the octet behind". */
const releasesOfFourBits = 15

export const gtpPrime: Inspector = {
  name: 'gtpprime',
  doc: {
    standard: 'TS 32.295',
    decoded:
      'headers of versions 0 to 2, cause, recovery, packet transfer command, data record packets (format, version, number and lengths of the records), requests responded, released and cancelled packets, node addresses',
    missing: 'the content of the charging records',
  },
  fields: {
    'gtp.flags': 'number',
    'gtp.flags.version': 'number',
    'gtp.message': 'number',
    'gtp.length': 'number',
    'gtp.seq_number': 'number',
    'gtp.cause': 'number',
    'gtp.recovery': 'number',
    'gtp.tr_comm': 'number',
    'gtp.number_of_data_records': 'number',
    'gtp.data_record_format': 'number',
    'gtp.cdr_app': 'number',
    'gtp.cdr_rel': 'number',
    'gtp.cdr_rel_ext': 'number',
    'gtp.cdr_ver': 'number',
    'gtp.cdr_length': 'number',
    'gtp.requests_responded': 'number',
    'gtp.seq_num_released': 'number',
    'gtp.seq_num_canceled': 'number',
    'gtp.chrg_ipv4': 'address',
    'gtp.chrg_ipv6': 'address',
    'gtp.node_ipv4': 'address',
    'gtp.node_ipv6': 'address',
  },
  summary: ['gtp.message', 'gtp.cause', 'gtp.number_of_data_records'],
  // UDP comes by way of gtp: GTPv0 has the same port
  tcpPorts: [gtpPrimePort],
  stream: () =>
    messageStream((buf, off, end) => {
      const octets = gtpPrimeOctets(buf, off, end)
      return octets < 0 ? giveUp : octets
    }, inspect),
  inspect,
}

function inspect(buf: Uint8Array, off: number, end: number, walk: Walk): void {
  const { out, fault } = walk
  walk.layer('gtpprime')
  const message = readGtpPrime(buf, off, end, fault)
  if (message === undefined) {
    walk.malformed(fault)
    return
  }
  out.add('gtp.flags', hexNumber(buf[off] ?? 0, 2))
  out.add('gtp.flags.version', message.version)
  out.add('gtp.message', hexNumber(message.type, 2))
  out.add('gtp.length', message.statedOctets)
  out.add('gtp.seq_number', hexNumber(message.sequence, 4))
  if (message.cause !== undefined) out.add('gtp.cause', message.cause)
  if (message.recovery !== undefined) out.add('gtp.recovery', message.recovery)
  if (message.command !== undefined) out.add('gtp.tr_comm', message.command)
  if (message.packet !== undefined) addPacket(out, message.packet)
  for (const sequence of message.responded) out.add('gtp.requests_responded', sequence)
  for (const sequence of message.released) out.add('gtp.seq_num_released', sequence)
  for (const sequence of message.cancelled) out.add('gtp.seq_num_canceled', sequence)
  addAddress(out, 'gtp.chrg', message.node)
  addAddress(out, 'gtp.node', message.recommendedNode)
  if (fault.code !== FaultCode.None) walk.malformed(fault)
}

function addPacket(out: FieldList, packet: DataRecordPacket): void {
  out.add('gtp.number_of_data_records', packet.stated)
  out.add('gtp.data_record_format', packet.format)
  out.add('gtp.cdr_app', packet.application)
  out.add('gtp.cdr_rel', packet.release > releasesOfFourBits ? 0 : packet.release)
  out.add('gtp.cdr_ver', packet.version)
  if (packet.release > releasesOfFourBits) out.add('gtp.cdr_rel_ext', packet.release)
  for (const record of packet.records) out.add('gtp.cdr_length', record.end - record.off)
}

function addAddress(out: FieldList, prefix: string, address: string | undefined): void {
  if (address === undefined) return
  out.add(`${prefix}_${address.includes(':') ? 'ipv6' : 'ipv4'}`, address)
}
