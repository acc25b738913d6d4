/** IP protocol numbers by name. IANA "Assigned Internet Protocol Numbers"; names as machine output
 * spells them. */

export const protocolNumbers = {
  icmp: 1,
  igmp: 2,
  ipip: 4,
  tcp: 6,
  udp: 17,
  dccp: 33,
  ipv6: 41,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  ospf: 89,
  sctp: 132,
  udplite: 136,
} as const satisfies Record<string, number>

const names = new Map<number, string>(
  Object.entries(protocolNumbers).map(([name, number]) => [number, name]),
)
const numbers = new Map<string, number>(Object.entries(protocolNumbers))

/** `tcp`, `6`, `"6"`; undefined when it is none of them. */
export function protocolNumber(value: string | number): number | undefined {
  const number = typeof value === 'number' || /^\d{1,3}$/.test(value) ? Number(value) : undefined
  if (number === undefined) return numbers.get(String(value).toLowerCase())
  return number <= 255 ? number : undefined
}

/** Name, or the number as a string. */
export function protocolText(number: number): string {
  return names.get(number) ?? String(number)
}

export function hasPorts(protocol: number): boolean {
  return (
    protocol === protocolNumbers.tcp ||
    protocol === protocolNumbers.udp ||
    protocol === protocolNumbers.sctp ||
    protocol === protocolNumbers.dccp ||
    protocol === protocolNumbers.udplite
  )
}
