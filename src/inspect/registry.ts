/** Finds the inspector of some octets: by name, by port, by what the octets are. */

import type { Inspector } from './inspector.js'

export class Registry {
  readonly all: readonly Inspector[]
  readonly #byName = new Map<string, Inspector>()
  readonly #udp = new Map<number, Inspector>()
  readonly #tcp = new Map<number, Inspector>()
  readonly #sctp = new Map<number, Inspector>()
  readonly #ppids = new Map<number, Inspector>()
  readonly #recognisers: readonly Inspector[]
  readonly #starters: readonly Inspector[]

  constructor(inspectors: readonly Inspector[]) {
    this.all = inspectors
    for (const one of inspectors) {
      this.#byName.set(one.name, one)
      claim(this.#udp, one.udpPorts, one)
      claim(this.#tcp, one.tcpPorts, one)
      claim(this.#sctp, one.sctpPorts, one)
      claim(this.#ppids, one.sctpPpids, one)
    }
    this.#recognisers = inspectors.filter(one => one.recognise !== undefined)
    this.#starters = inspectors.filter(one => one.starts !== undefined)
  }

  byName(name: string): Inspector | undefined {
    return this.#byName.get(name)
  }

  /** A datagram's: an answer may come from any port to the one that asked, so the destination is first. */
  datagram(
    srcPort: number,
    dstPort: number,
    buf: Uint8Array,
    off: number,
    end: number,
  ): Inspector | undefined {
    return (
      this.#udp.get(dstPort) ??
      this.#udp.get(srcPort) ??
      this.#recognisers.find(one => one.recognise?.(buf, off, end))
    )
  }

  /** A TCP connection's: `wait` when more octets may tell. */
  stream(
    srcPort: number,
    dstPort: number,
    buf: Uint8Array,
    off: number,
    end: number,
  ): Inspector | 'wait' | undefined {
    let wait = false
    for (const one of this.#starters) {
      const likely = one.starts?.(buf, off, end)
      if (likely === 1) return one
      wait ||= likely === -1
    }
    return this.#tcp.get(dstPort) ?? this.#tcp.get(srcPort) ?? (wait ? 'wait' : undefined)
  }

  /** Whether these octets of a TCP connection certainly begin a message, whatever came before. */
  begins(buf: Uint8Array, off: number, end: number): boolean {
    return this.#starters.some(one => one.starts?.(buf, off, end) === 1)
  }

  userMessage(ppid: number, srcPort: number, dstPort: number): Inspector | undefined {
    return this.#ppids.get(ppid) ?? this.#sctp.get(dstPort) ?? this.#sctp.get(srcPort)
  }
}

function claim(
  map: Map<number, Inspector>,
  numbers: readonly number[] | undefined,
  one: Inspector,
): void {
  for (const number of numbers ?? []) if (!map.has(number)) map.set(number, one)
}
