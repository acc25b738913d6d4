/** What the benchmark's capture is made of: the one of performance.md, "The capture", and scaled ones.
 * Everything follows from these numbers and the seed, to the octet. */

export interface CaptureShape {
  packets: number
  subscribers: number
  flows: number
  /** every inner packet at most 120 octets */
  small: boolean
  seed: number
}

/** Changes with the generator: a capture of an older one is made again. */
export const shapeVersion = 2

const fullPackets = 3_000_000
const fullSubscribers = 5_000
const fullFlows = 170_518

/** The shape for a number of packets; what is left out is scaled with it. */
export function captureShape(wanted: Partial<CaptureShape>): CaptureShape {
  const packets = wanted.packets ?? fullPackets
  const share = packets / fullPackets
  const subscribers = wanted.subscribers ?? Math.max(10, Math.round(fullSubscribers * share))
  const flows = wanted.flows ?? Math.max(20, Math.round(fullFlows * share))
  const shape = { packets, subscribers, flows, small: wanted.small ?? false, seed: 46001 }
  // a flow takes some twelve packets before it carries anything
  const least = 2 * subscribers + 14 * flows
  if (packets < least) throw new RangeError(`${flows} flows need at least ${least} packets`)
  return shape
}

/** Name of the capture file, without folder. */
export function captureName(shape: CaptureShape): string {
  const { packets, subscribers, flows, small } = shape
  const kind = small ? 'small' : 'main'
  return `${kind}-${packets}-${subscribers}-${flows}-v${shapeVersion}.pcap`
}

/** Shares of the flows, by kind, as in performance.md; the rest is opaque TCP and UDP. */
export const flowShares = {
  'http-gateway': 0.38,
  'http-direct': 0.1,
  tls: 0.22,
  dns: 0.15,
  'wsp-9200': 0.035,
  'wtp-9201': 0.04,
  'wtls-9203': 0.015,
  'tcp-other': 0.03,
  'udp-other': 0.03,
} as const
export type FlowKind = keyof typeof flowShares

/** Requests whose head (or ClientHello) is cut over two segments. */
export const cutShare = 0.01

/** Inner octets of a full-size packet. */
export function fullPacketOctets(shape: CaptureShape): number {
  return shape.small ? 120 : 1400
}
