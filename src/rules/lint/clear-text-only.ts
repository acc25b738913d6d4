/** CLEAR-TEXT-ONLY: a free service that is recognised in requests in the clear and not by the name in a
 * ClientHello or a CONNECT: once it moves to TLS or QUIC, it is charged. */

import type { Lint } from '../lint.js'
import type { LintSubject } from '../lint-subject.js'
import { rowLabel } from '../rule-set.js'
import { meetAll, pickAny } from '../space/box.js'
import { connectRequests } from '../space/request-space.js'
import { encryptedServices, overlaps, ownServices, showsRequests } from '../visible-service.js'

const nameKeys = new Set(['url', 'host', 'path'])

/** Whether the row is asked with the name of a TLS or QUIC server, or of a CONNECT, and can match it. */
function seesNames(subject: LintSubject, row: number): boolean {
  const services = subject
    .owners(subject.row(row).table)
    .map(rule => ownServices(subject.flows(rule) ?? []))
  const encrypted = services.some(own => overlaps(own, encryptedServices))
  if (encrypted && subject.matchesNames(row)) return true
  const requests = subject.requests(row) ?? []
  return services.some(showsRequests) && pickAny(meetAll(requests, [connectRequests])) !== 'none'
}

export const clearTextOnly: Lint = {
  id: 'CLEAR-TEXT-ONLY',
  severity: 'info',
  doc: 'a free row matches requests in the clear only, not the name of a TLS or QUIC server',
  check(subject, report) {
    for (const [index, row] of subject.set.rows.entries()) {
      if (!subject.isFree(row) || !row.conditions.some(({ key }) => nameKeys.has(key))) continue
      if (!subject.requests(index) || !subject.flowAsking(row.table)) continue
      const request = subject.requestOf(index)
      if (!request || seesNames(subject, index)) continue
      report({
        at: row.at,
        rules: [rowLabel(subject.set, row)],
        message: `${rowLabel(subject.set, row)} is free in the clear only: over TLS or QUIC the same service does not match`,
        witness: { flow: subject.flowAsking(row.table)?.flow, request },
        hint: 'a row with sni or host, asked for port 443 too',
      })
    }
  },
}
