/** Packet flow descriptions: what shows that traffic is of an application. Read 3GPP TS 29.551 clause 6.1.6.2
 * (PfdDataForApp, PfdContent) and TS 29.122 clause 5.11 first: URLs and domain names are regular expressions. */

import type { PayloadMatch } from '../rule-draft.js'
import type { PatternValue } from '../text-pattern.js'
import type { FlowTerm } from './flow-term.js'
import { filterMeaning } from './ip-filter-rule.js'
import type { JsonView } from './json-view.js'

/** One PFD: a flow of the list and, when there are payloads, one of them. */
export interface AppFlow {
  readonly flows: readonly FlowTerm[]
  readonly payloads: readonly PayloadMatch[] | undefined
}

export interface AppPfds {
  readonly view: JsonView
  readonly pfds: readonly AppFlow[]
  /** a PFD was left out: the application is more than this */
  readonly incomplete: boolean
}

/** A domain name without anything that only a regular expression has. */
const plainName = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/

function namePattern(text: string): PatternValue {
  if (plainName.test(text)) return { equals: text }
  return { regex: `^(?:${text})$` }
}

function textsOf(view: JsonView | undefined): string[] {
  return view?.items().flatMap(item => item.text() ?? []) ?? []
}

function payloadsOf(pfd: JsonView): PayloadMatch[] | undefined | 'unknown' {
  const urls = textsOf(pfd.get('urls'))
  const names = textsOf(pfd.get('domainNames'))
  const protocol = pfd.get('dnProtocol')?.text()
  if (names.length > 0 && protocol !== undefined && protocol !== 'TLS_SNI') return 'unknown'
  const url = urls.map((regex): PatternValue => ({ regex }))
  const host = names.map(namePattern)
  const named: PayloadMatch =
    protocol === 'TLS_SNI' ? { app: ['tls', 'quic'], sni: host } : { host }
  if (url.length > 0 && host.length > 0) return [{ ...named, url }]
  if (url.length > 0) return [{ url }]
  return host.length > 0 ? [named] : undefined
}

function pfdOf(pfd: JsonView): AppFlow | undefined {
  pfd.get('pfdId')?.take()
  const filters = pfd.get('flowDescriptions')?.items() ?? []
  const flows: FlowTerm[] = []
  for (const filter of filters) {
    const meaning = filterMeaning(filter.text() ?? '', 'the-specific')
    if ('why' in meaning) filter.leave(meaning.why)
    else if (meaning.wider !== undefined) filter.leave(meaning.wider)
    else flows.push(meaning.term)
  }
  const payloads = payloadsOf(pfd)
  if (payloads === 'unknown') {
    pfd.get('dnProtocol')?.leave('names that are seen in DNS or in certificates have no form here')
    return undefined
  }
  if (flows.length < filters.length && flows.length === 0) return undefined
  if (filters.length === 0 && !payloads) return undefined
  return { flows: filters.length === 0 ? [{}] : flows, payloads }
}

function appOf(view: JsonView, pfds: readonly JsonView[]): AppPfds {
  const read = pfds.map(pfdOf)
  const good = read.flatMap(one => one ?? [])
  return { view, pfds: good, incomplete: good.length < pfds.length }
}

/** A list or a map of PFDs. */
function pfdViews(view: JsonView | undefined): JsonView[] {
  if (!view) return []
  return Array.isArray(view.value) ? view.items() : view.entries().map(([, own]) => own)
}

/** Applications of a document: PfdDataForApp, a list of them, or the pfdDatas of TS 29.122. */
export function applications(root: JsonView): Map<string, AppPfds> {
  const found = new Map<string, AppPfds>()
  const lists = [
    root,
    ...root.items(),
    ...(root
      .get('pfdDatas')
      ?.entries()
      .map(([, own]) => own) ?? []),
  ]
  for (const one of lists) {
    const pfds = one.get('pfds')
    const name = one.get('applicationId', 'externalAppId', 'appId')?.text()
    if (pfds && name !== undefined) found.set(name, appOf(one, pfdViews(pfds)))
  }
  // descriptions without an application, as some tools print them
  const bare = (Array.isArray(root.value) ? root.items() : [root]).filter(
    one => one.get('pfds') === undefined && one.get('pfdId') !== undefined,
  )
  if (bare.length > 0 && found.size === 0) found.set('application', appOf(root, bare))
  return found
}
