/** Every lint, in the order in which findings are listed. */

import type { Lint } from '../lint.js'
import { andLikelyOr } from './and-likely-or.js'
import { blindSibling } from './blind-sibling.js'
import { letterCase } from './case.js'
import { catchallNotLast } from './catchall-not-last.js'
import { clearTextOnly } from './clear-text-only.js'
import { differential } from './differential.js'
import { domainRuleSharedIp } from './domain-rule-shared-ip.js'
import { dupIdDiffTariff } from './dup-id-diff-tariff.js'
import { dupPrecedence } from './dup-precedence.js'
import { eitherPortClientSide } from './either-port-client-side.js'
import { freePort53 } from './free-port-53-icmp.js'
import { gyCdrIdDiffer } from './gy-cdr-id-differ.js'
import { ipLiteral } from './ip-literal.js'
import { l7OnOpaque } from './l7-on-opaque.js'
import { l7UnreachableL1 } from './l7-unreachable-l1.js'
import { l7WithoutRoute } from './l7-without-route.js'
import { neverHit } from './never-hit.js'
import { neverMatches } from './never-matches.js'
import { noDefault } from './no-default.js'
import { noTariffForRg } from './no-tariff-for-rg.js'
import { orderDecides } from './order-decides.js'
import { partialOverlap } from './partial-overlap.js'
import { prefixTooWide } from './prefix-too-wide.js'
import { proxyIpMissing } from './proxy-ip-missing.js'
import { schemeInUrl } from './scheme-in-url.js'
import { shadowed } from './shadowed.js'
import { substringHost } from './substring-host.js'
import { undecided } from './undecided.js'
import { unusedObject } from './unused-object.js'
import { wildcardLeading } from './wildcard-leading.js'

export const lints: readonly Lint[] = [
  neverMatches,
  andLikelyOr,
  schemeInUrl,
  shadowed,
  catchallNotLast,
  l7UnreachableL1,
  partialOverlap,
  orderDecides,
  dupPrecedence,
  dupIdDiffTariff,
  noTariffForRg,
  gyCdrIdDiffer,
  differential,
  blindSibling,
  substringHost,
  wildcardLeading,
  ipLiteral,
  clearTextOnly,
  prefixTooWide,
  freePort53,
  proxyIpMissing,
  l7OnOpaque,
  l7WithoutRoute,
  eitherPortClientSide,
  letterCase,
  unusedObject,
  noDefault,
  domainRuleSharedIp,
  neverHit,
  undecided,
]
