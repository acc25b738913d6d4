/** Which names DNS answers gave to an address, for each subscriber: what a flow to a bare address was
 * probably about. A fact of little weight, since one address serves many names; no rule is asked about
 * it. Read RFC 1035 sections 3.2.1 (TTL), 4.1 and RFC 1034 section 3.6.2 (CNAME) first. */

import { type DnsMessage, DnsType } from '../wire/dns.js'
import { ipv4Text, ipv6Text } from '../wire/octets.js'

/** Bounds; what was learnt first goes first. */
const defaultMaxAddresses = 65_536
const maxAddressesOfOwner = 512
const maxNames = 4

/** Resolvers of handsets and the applications above them keep an answer longer than its TTL says. */
const minLifeUs = 300_000_000
/** A TTL may be 68 years (RFC 2181 section 8). */
const maxLifeUs = 86_400_000_000

interface LearntName {
  name: string
  /** frame of the latest answer */
  frame: number
  fromUs: number
  untilUs: number
}

export class DnsAnswers {
  /** owner -> address text -> names; all in the order of learning */
  readonly #owners = new Map<string, Map<string, LearntName[]>>()
  #addresses = 0
  /** addresses forgotten while their names still held, to make room for others */
  evicted = 0
  readonly #maxAddresses: number

  constructor(maxAddresses = defaultMaxAddresses) {
    this.#maxAddresses = maxAddresses
  }

  /** Addresses remembered, of all owners. */
  get size(): number {
    return this.#addresses
  }

  /** Takes the addresses of an answer (their octets are in `buf`): those that the name asked for leads to. */
  learn(owner: string, message: DnsMessage, buf: Uint8Array, nowUs: number, frame: number): void {
    const asked = message.questions[0]?.name.toLowerCase()
    if (!message.response || message.rcode !== 0 || asked === undefined || asked === '') return
    const aliases = aliasesOf(asked, message)
    for (const { name, type, ttl, rdOff } of message.answers) {
      if (!aliases.has(name.toLowerCase())) continue
      if (type === DnsType.A) this.#put(owner, ipv4Text(buf, rdOff), asked, ttl, nowUs, frame)
      else if (type === DnsType.Aaaa)
        this.#put(owner, ipv6Text(buf, rdOff), asked, ttl, nowUs, frame)
      // RFC 9460 section 7.3: address hints, which are not read
      else if (type === DnsType.Svcb || type === DnsType.Https)
        this.#put(owner, anyAddressOf(asked), asked, ttl, nowUs, frame)
    }
    const partial = message.truncated || message.answerCount > message.answers.length
    if (partial) this.#put(owner, anyAddressOf(asked), asked, 0, nowUs, frame)
  }

  /** Names that the owner had been given for an address when `atUs` was, the latest first. */
  names(owner: string, address: string, atUs: number): string[] {
    const learnt = this.#owners.get(owner)?.get(address) ?? []
    return learnt
      .filter(one => one.fromUs <= atUs && atUs <= one.untilUs)
      .map(one => one.name)
      .reverse()
  }

  /** Addresses that the owner had been given for a name when `atUs` was; none when some of them were not read. */
  addresses(owner: string, name: string, atUs: number): { address: string; frame: number }[] {
    const found: { address: string; frame: number }[] = []
    for (const [address, names] of this.#owners.get(owner) ?? []) {
      const one = names.find(other => other.name === name)
      if (one === undefined || one.fromUs > atUs || one.untilUs < atUs) continue
      if (address === anyAddressOf(name)) return []
      found.push({ address, frame: one.frame })
    }
    return found
  }

  /** The owner is gone; another subscriber may get its number. */
  forget(owner: string): void {
    const addresses = this.#owners.get(owner)
    if (addresses === undefined) return
    this.#addresses -= addresses.size
    this.#owners.delete(owner)
  }

  #put(
    owner: string,
    address: string,
    name: string,
    ttl: number,
    nowUs: number,
    frame: number,
  ): void {
    let addresses = this.#owners.get(owner)
    if (addresses === undefined) {
      addresses = new Map()
      this.#owners.set(owner, addresses)
    }
    const names = addresses.get(address) ?? []
    const known = names.find(one => one.name === name)
    if (known !== undefined) names.splice(names.indexOf(known), 1)
    const lifeUs = Math.min(Math.max(ttl * 1e6, minLifeUs), maxLifeUs)
    names.push({ name, frame, fromUs: known?.fromUs ?? nowUs, untilUs: nowUs + lifeUs })
    if (names.length > maxNames) names.shift()
    if (addresses.delete(address)) this.#addresses--
    addresses.set(address, names)
    this.#addresses++
    if (addresses.size > maxAddressesOfOwner) this.#dropFirst(addresses, nowUs)
    if (this.#addresses > this.#maxAddresses) this.#dropOldest(nowUs)
  }

  #dropFirst(addresses: Map<string, LearntName[]>, nowUs: number): void {
    for (const [address, names] of addresses) {
      if (names.some(one => one.untilUs >= nowUs)) this.evicted++
      addresses.delete(address)
      this.#addresses--
      return
    }
  }

  #dropOldest(nowUs: number): void {
    for (const [owner, addresses] of this.#owners) {
      this.#dropFirst(addresses, nowUs)
      if (addresses.size === 0) this.#owners.delete(owner)
      return
    }
  }
}

/** In place of an address: the name has others too, which were not read. */
function anyAddressOf(name: string): string {
  return `*${name}`
}

/** The name asked for and the names that its chain of CNAMEs leads to. */
function aliasesOf(asked: string, message: DnsMessage): Set<string> {
  const aliases = new Set([asked])
  // answers may stand in any order; each pass finds a link at least, or is the last
  for (let before = 0; before < aliases.size; ) {
    before = aliases.size
    for (const { name, target } of message.answers) {
      if (target !== undefined && aliases.has(name.toLowerCase())) {
        aliases.add(target.toLowerCase())
      }
    }
  }
  return aliases
}
