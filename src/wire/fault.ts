/** What is wrong with some octets, as data. Decoders overwrite one reused instance and return
 * false; nobody throws, so a damaged capture costs no more than a good one. */

/** Why a decoder stopped. Every code has a line in the README's table of faults. */
export const FaultCode = {
  None: 0,
  /** the octets end before the header or the stated length does */
  Truncated: 1,
  /** a length field contradicts the field around it */
  BadLength: 2,
  /** a field holds a value that its standard forbids */
  BadValue: 3,
  /** a version or format that this decoder does not read */
  Unsupported: 4,
  /** a bound of ours was reached (fragments, nesting, header size); the rest was not looked at */
  Limit: 5,
  /** fragments or segments that never came */
  Incomplete: 6,
} as const
export type FaultCode = (typeof FaultCode)[keyof typeof FaultCode]

/** Names used in `faults{"layer/code":n}`; index = code. */
export const faultCodeNames = [
  'none',
  'truncated',
  'bad-length',
  'bad-value',
  'unsupported',
  'limit',
  'incomplete',
] as const

/** Layer names used in `faults{"layer/code":n}`; a layer's number is its index here. */
export const layerNames = [
  'frame',
  'ethernet',
  'linux-sll',
  'null-loopback',
  'mpls',
  'ipv4',
  'ipv6',
  'udp',
  'tcp',
  'icmp',
  'sctp',
  'gtp0',
  'gtp1-u',
  'gtp1-c',
  'gtp1-ie',
  'gtp2-c',
  'gtp2-ie',
  'gtp-prime',
  'inner-ipv4',
  'inner-ipv6',
  'inner-udp',
  'inner-tcp',
  'inner-icmp',
  'inner-sctp',
  'http1',
  'tls',
  'quic',
  'dns',
  'wtp',
  'wsp',
  'wsp-header',
  'wtls',
  'mms',
  'pfcp',
  'pfcp-ie',
  'radius',
  'radius-attribute',
  'diameter',
  'diameter-avp',
  'sctp-stream',
  'gre',
  'erspan',
  'vxlan',
  'mirror',
  'capture',
  'ip-reassembly',
  'inner-reassembly',
  'tcp-stream',
  'ber',
  'cdr-file',
  'cdr',
] as const
export type LayerName = (typeof layerNames)[number]
export type Layer = number

/** The number of a layer; call it at module load, never per packet. */
export function layer(name: LayerName): Layer {
  return layerNames.indexOf(name)
}

/** The one reused fault. `at` is the offset in the buffer of the field that is wrong, `need` what it
 * asks for, `have` what is there (octets, unless the decoder says otherwise). */
export class Fault {
  code: FaultCode = FaultCode.None
  layer: Layer = 0
  at = 0
  need = 0
  have = 0

  /** Fills every field and returns false, so that a decoder can `return fault.raise(...)`. */
  raise(code: FaultCode, layer: Layer, at: number, need: number, have: number): false {
    this.code = code
    this.layer = layer
    this.at = at
    this.need = need
    this.have = have
    return false
  }

  clear(): void {
    this.code = FaultCode.None
  }

  /** `gtp1-u/truncated`, the key of the fault counters. */
  get key(): string {
    return `${layerNames[this.layer]}/${faultCodeNames[this.code]}`
  }
}
