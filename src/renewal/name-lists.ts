/** Lists of the settings as tests: APNs by pattern, hosts by pattern, addresses by network. */

import ipaddr from 'ipaddr.js'
import type { RenewalSettings } from './settings.js'

type NameTest = (name: string) => boolean

/** `NAME`, `NAME*`, `*NAME`; letters of either case. */
function namesTest(patterns: readonly string[]): NameTest {
  const exact = new Set<string>()
  const starts: string[] = []
  const ends: string[] = []
  for (const text of patterns.map(one => one.toLowerCase())) {
    if (text.endsWith('*')) starts.push(text.slice(0, -1))
    else if (text.startsWith('*')) ends.push(text.slice(1))
    else exact.add(text)
  }
  return name => {
    const lower = name.toLowerCase()
    if (exact.has(lower)) return true
    return starts.some(start => lower.startsWith(start)) || ends.some(end => lower.endsWith(end))
  }
}

function networksTest(networks: readonly string[]): NameTest {
  const ranges = networks.map(text =>
    ipaddr.isValidCIDR(text)
      ? ipaddr.parseCIDR(text)
      : ([ipaddr.parse(text), text.includes(':') ? 128 : 32] as const),
  )
  return text => {
    if (ranges.length === 0 || !ipaddr.isValid(text)) return false
    const address = ipaddr.parse(text)
    return ranges.some(
      ([base, bits]) => base.kind() === address.kind() && address.match(base, bits),
    )
  }
}

/** /24 of IPv4, /48 of IPv6: servers that fail together count as one (B3). */
export function serverPrefix(server: string): string {
  if (!server.includes(':')) return server.slice(0, server.lastIndexOf('.'))
  if (!ipaddr.isValid(server)) return server
  return ipaddr.IPv6.parse(server).parts.slice(0, 3).join(':')
}

const url = /^(?:https?:)?\/\/([^/?#]*)/i
const port = /:\d*$/

/** Host of a URL; '' when it stays on the same server. */
export function hostOf(location: string): string {
  const authority = url.exec(location)?.[1] ?? ''
  return authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(port, '')
    .toLowerCase()
}

export class NameLists {
  readonly #internet: NameTest
  readonly #other: NameTest
  readonly #stop: NameTest
  readonly #arrears: NameTest
  readonly #portalHosts: NameTest
  readonly #portalNetworks: NameTest
  readonly #whiteHosts: NameTest
  readonly #whiteNetworks: NameTest
  readonly #general: NameTest
  readonly #blocking: NameTest
  readonly hasGeneralRules: boolean

  constructor(settings: RenewalSettings) {
    const { apns, portals, whitelist, policy } = settings
    this.#internet = namesTest(apns.internet)
    this.#other = namesTest(apns.other)
    this.#stop = namesTest(apns.stop)
    this.#arrears = networksTest(settings.arrears_pools)
    this.#portalHosts = namesTest(portals.flatMap(one => one.hosts))
    this.#portalNetworks = networksTest(portals.flatMap(one => one.networks))
    this.#whiteHosts = namesTest(whitelist.hosts)
    this.#whiteNetworks = networksTest(whitelist.networks)
    this.#general = namesTest(policy.general_rules)
    this.#blocking = namesTest(policy.blocking_rules)
    this.hasGeneralRules = policy.general_rules.length > 0
  }

  /** Judged: of internet type, or where stopped subscribers are put instead. */
  isJudged(apn: string): boolean {
    return this.isStop(apn) || (this.#internet(apn) && !this.#other(apn))
  }

  isStop(apn: string): boolean {
    return this.#stop(apn)
  }

  isArrears(address: string): boolean {
    return this.#arrears(address)
  }

  isPortal(host: string, server = ''): boolean {
    return (host !== '' && this.#portalHosts(host)) || this.#portalNetworks(server)
  }

  /** Reaching it says nothing of being online. */
  isWhite(host: string, server: string): boolean {
    if (this.isPortal(host, server)) return true
    return (host !== '' && this.#whiteHosts(host)) || this.#whiteNetworks(server)
  }

  isGeneralRule(name: string): boolean {
    return this.#general(name)
  }

  isBlockingRule(name: string): boolean {
    return this.#blocking(name)
  }
}
