/** SCHEME-IN-URL: here a URL has its scheme and a host has none; other dialects do it the other way round,
 * and a pattern that was taken over from there matches nothing. */

import { emptyCause } from '../empty-match.js'
import type { Lint } from '../lint.js'
import { rowLabel } from '../rule-set.js'

export const schemeInUrl: Lint = {
  id: 'SCHEME-IN-URL',
  severity: 'error',
  doc: 'a pattern with a scheme where a bare name is compared, or without one where URLs are',
  check(subject, report) {
    for (const [index, row] of subject.set.rows.entries()) {
      const cause = emptyCause(subject, index)
      if (cause?.kind !== 'scheme') continue
      const { key, expected, at } = cause.condition
      const why =
        key === 'url'
          ? 'the URL of a request begins with its scheme'
          : `a ${key} has no scheme and no path`
      report({
        at,
        rules: [rowLabel(subject.set, row)],
        message: `${rowLabel(subject.set, row)} matches no request: ${key} ${expected}, but ${why}`,
        hint: `"${cause.hint}"`,
      })
    }
  },
}
