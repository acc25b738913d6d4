/** The URL of a handset's description, out of the header that names it. Read WAP-248-UAProf clause 9 first: the
 * value is a list of quoted URLs and of digests of differences, `"http://a/b.xml", "1-xyz="`. */

/** A longer one is no URL that a maker publishes. */
const maxUrl = 512

/** The first URL of the list; '' when there is none. */
export function profileUrl(value: string): string {
  if (value === '') return ''
  const quoted = /^\s*"?([^",\s]*)/.exec(value.slice(0, maxUrl))?.[1] ?? ''
  return quoted.includes('://') ? quoted : ''
}
