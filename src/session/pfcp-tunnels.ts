/** The rules of one PFCP session, as far as they say who receives which packets: F-TEIDs and addresses in
 * PDRs, outer headers in FARs. Read 3GPP TS 29.244 clauses 5.2.1 (PDR, FAR), 5.5 (allocation of F-TEIDs),
 * 7.5.2.2 (PDI), 7.5.2.3 (Outer Header Creation), 7.5.3.2 (Created PDR).
 *
 * Source and destination interface tell the direction: what is received from the access side goes up, a
 * header created towards it goes down to an eNodeB, gNB or SGW; between SGW-U and PGW-U the core side
 * has the other tunnel of each. Tunnels of the CP function carry router advertisements, not traffic. */

import { PfcpInterface } from '../wire/pfcp-code.js'
import type { PfcpFar } from '../wire/pfcp-far.js'
import type { PfcpMessage } from '../wire/pfcp-message.js'
import type { PfcpPdi, PfcpPdr } from '../wire/pfcp-pdr.js'
import type { PfcpFTeid, PfcpUeIp } from '../wire/pfcp-value.js'
import type { AddressBook } from './address-book.js'
import type { Endpoint } from './endpoint-table.js'
import { prefixText } from './ue-index.js'

/** 3GPP TS 29.274 clause 8.22: the same places have the same numbers whoever names them. */
const EnodebUser = 0
const SgwUserFromAccess = 1
const SgwUserFromCore = 4
const PgwUser = 5

/** A hostile capture could name a new rule in every element. */
const maxRules = 512

interface Tunnel {
  address: string
  teid: number
}

interface Detection {
  sourceInterface: number
  tunnels: Tunnel[]
}

interface Forwarding {
  destinationInterface: number
  tunnels: Tunnel[]
}

export class PfcpTunnels {
  ueV4 = ''
  ueV6 = ''
  networkInstance = ''
  readonly #pdrs = new Map<number, Detection>()
  /** Traffic Endpoints stand for the F-TEID and address of several PDRs (5.2.1.1a) */
  readonly #shared = new Map<number, Detection>()
  readonly #fars = new Map<number, Forwarding>()

  /** What an accepted request asked for, then what its response says of it. */
  take(message: PfcpMessage): void {
    for (const pdr of message.pdrs) this.#takePdr(pdr)
    for (const { operation, id, pdi } of message.trafficEndpoints) {
      if (id === undefined) continue
      if (operation === 'remove') this.#shared.delete(id)
      else this.#detect(this.#shared, id, pdi)
    }
    for (const far of message.fars) this.#takeFar(far)
  }

  /** Who receives, as the endpoints of a context. */
  endpoints(book: AddressBook): Endpoint[] {
    const list: Endpoint[] = []
    const add = (tunnels: readonly Tunnel[], interfaceType: number | undefined) => {
      if (interfaceType === undefined) return
      for (const { address, teid } of tunnels) {
        if (teid !== 0) list.push({ address: book.ofText(address), teid, interfaceType })
      }
    }
    for (const { sourceInterface, tunnels } of [...this.#pdrs.values(), ...this.#shared.values()]) {
      add(tunnels, receivers[sourceInterface])
    }
    for (const { destinationInterface, tunnels } of this.#fars.values()) {
      add(tunnels, peers[destinationInterface])
    }
    return list
  }

  #takePdr(pdr: PfcpPdr): void {
    if (pdr.pdrId === undefined) return
    if (pdr.operation === 'remove') {
      this.#pdrs.delete(pdr.pdrId)
      return
    }
    if (pdr.pdi !== undefined) this.#detect(this.#pdrs, pdr.pdrId, pdr.pdi)
    const detection = this.#pdrs.get(pdr.pdrId)
    if (detection !== undefined && pdr.fTeids.length > 0) detection.tunnels = tunnelsOf(pdr.fTeids)
    this.#takeUe(pdr.ueIps)
  }

  #detect(rules: Map<number, Detection>, id: number, pdi: PfcpPdi): void {
    const known = rules.get(id)
    if (known === undefined && rules.size >= maxRules) return
    const sourceInterface = pdi.sourceInterface ?? known?.sourceInterface ?? PfcpInterface.Access
    const named = tunnelsOf(pdi.fTeids)
    rules.set(id, {
      sourceInterface,
      tunnels: named.length > 0 ? named : (known?.tunnels ?? []),
    })
    this.#takeUe(pdi.ueIps)
    if (sourceInterface === PfcpInterface.Core) this.networkInstance ||= pdi.networkInstance ?? ''
  }

  #takeUe(ueIps: readonly PfcpUeIp[]): void {
    for (const { v4, v6 } of ueIps) {
      this.ueV4 = v4 ?? this.ueV4
      if (v6 !== undefined) this.ueV6 = prefixText(v6)
    }
  }

  #takeFar({ operation, farId, forwarding }: PfcpFar): void {
    if (farId === undefined) return
    if (operation === 'remove') {
      this.#fars.delete(farId)
      return
    }
    const known = this.#fars.get(farId)
    if (known === undefined && this.#fars.size >= maxRules) return
    const header = forwarding?.outerHeader
    const destinationInterface =
      forwarding?.destinationInterface ?? known?.destinationInterface ?? PfcpInterface.Access
    const tunnels =
      header?.teid === undefined
        ? (known?.tunnels ?? [])
        : addressed(header.teid, header.v4, header.v6)
    this.#fars.set(farId, { destinationInterface, tunnels })
    if (destinationInterface === PfcpInterface.Core) {
      this.networkInstance ||= forwarding?.networkInstance ?? ''
    }
  }
}

const receivers: Readonly<Record<number, number>> = {
  [PfcpInterface.Access]: SgwUserFromAccess,
  [PfcpInterface.Core]: SgwUserFromCore,
}
const peers: Readonly<Record<number, number>> = {
  [PfcpInterface.Access]: EnodebUser,
  [PfcpInterface.Core]: PgwUser,
}

function tunnelsOf(fTeids: readonly PfcpFTeid[]): Tunnel[] {
  return fTeids.flatMap(({ teid, v4, v6 }) => (teid === undefined ? [] : addressed(teid, v4, v6)))
}

function addressed(teid: number, ...addresses: readonly (string | undefined)[]): Tunnel[] {
  return addresses.flatMap(address => (address === undefined ? [] : [{ address, teid }]))
}
