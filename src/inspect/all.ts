/** The protocols of `dissect`, one entry each. Where two claim the same octets the earlier one has
 * them. docs/protocols.md has a row for each. */

import { diameter } from './diameter.js'
import { dns } from './dns.js'
import { gtp } from './gtp.js'
import { gtpPrime } from './gtp-prime.js'
import { gtpv2 } from './gtpv2.js'
import { http } from './http.js'
import { icmp, icmpv6 } from './icmp.js'
import type { Inspector } from './inspector.js'
import { ip, ipv6 } from './ip.js'
import { eth, mpls, nullLoopback, pppoes, sll, sll2, vlan } from './link.js'
import { erspan, gre, vxlan } from './mirror.js'
import { mmse } from './mmse.js'
import { pfcp } from './pfcp.js'
import { quic } from './quic.js'
import { radius } from './radius.js'
import { sctp } from './sctp.js'
import { tcp } from './tcp.js'
import { tls } from './tls.js'
import { udp } from './udp.js'
import { wsp } from './wsp.js'
import { wtls } from './wtls.js'
import { wtp } from './wtp.js'

export const inspectors: readonly Inspector[] = [
  eth,
  vlan,
  pppoes,
  mpls,
  sll,
  sll2,
  nullLoopback,
  gre,
  erspan,
  vxlan,
  ip,
  ipv6,
  udp,
  tcp,
  sctp,
  icmp,
  icmpv6,
  gtp,
  gtpPrime,
  gtpv2,
  dns,
  http,
  tls,
  quic,
  wtp,
  wsp,
  wtls,
  mmse,
  pfcp,
  radius,
  diameter,
]
