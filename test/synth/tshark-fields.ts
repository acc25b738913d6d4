/** One pass of tshark over a capture: fields of every frame, as an independent reading. */

import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

const fields = [
  'frame.number',
  'frame.protocols',
  '_ws.malformed',
  'ip.checksum.status',
  'udp.checksum.status',
  'tcp.checksum.status',
  'icmp.checksum.status',
  'icmpv6.checksum.status',
  'ip.len',
  'ipv6.plen',
  'ip.src',
  'ipv6.src',
  'http.request.method',
  'http.request.uri',
  'http.response.code',
  'wsp.uri',
  'dns.qry.name',
  'dns.flags.response',
  'tls.handshake.extensions_server_name',
  'mmse.transaction_id',
  'mmse.message_type',
  'e212.imsi',
  'gtp.user_ipv4',
  'gtp.recovery',
] as const
export type Field = (typeof fields)[number]

/** Values of a field in a frame, in the order of the layers. */
export type FrameFields = Record<Field, string[]>

export function tsharkIsThere(): boolean {
  return spawnSync('tshark', ['--version']).status === 0
}

const checks = ['ip', 'udp', 'tcp'].map(name => `${name}.check_checksum:TRUE`)
const options = [...checks, 'tcp.reassemble_out_of_order:TRUE'].flatMap(one => ['-o', one])

export async function readByTshark(file: string): Promise<FrameFields[]> {
  const wanted = fields.flatMap(field => ['-e', field])
  const format = ['-T', 'fields', '-E', 'separator=/t', '-E', 'aggregator=|']
  const limit = { maxBuffer: 64 * 1024 * 1024 }
  const { stdout } = await run(
    'tshark',
    ['-n', ...options, '-r', file, ...format, ...wanted],
    limit,
  )
  return stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const values = line.split('\t')
      const entries = fields.map((field, i) => [field, (values[i] ?? '').split('|').filter(v => v)])
      return Object.fromEntries(entries) as FrameFields
    })
}
