/** `tollgate export` without `-r`: out of the ring that the daemon keeps (`keep` of its configuration). Numbers of
 * flows are the daemon's: it is asked what they are, and the ring searched for that. */

import type { FlowRow } from '../record/snapshot.js'
import { terminalText } from '../record/text.js'
import type { Invocation } from './command.js'
import { withDaemon } from './daemon-link.js'
import { exitCode, Failure, usageFailure } from './fail.js'
import { settingsOf } from './settings.js'

/** The same call, of the captures of the ring. */
export async function ofRing(call: Invocation): Promise<Invocation> {
  const { options, positionals } = call
  const { keep } = settingsOf(options, process.env).options
  if (keep === undefined) {
    throw usageFailure('export needs a capture: no packets are kept', '-r FILE, or keep: DIR')
  }
  const read = [keep]
  if (positionals.length === 0) return { ...call, options: { ...options, read } }
  if (options.filter !== undefined) throw usageFailure('export: flows and -Y exclude each other')
  const found: FlowRow[] = []
  await withDaemon(call, async client => {
    for (const flow of positionals) {
      const query = { filter: `flow == ${flow}`, offset: 0, limit: 1 }
      const { rows } = await client.rows('flows', query)
      const [row] = rows
      if (row === undefined) {
        throw new Failure(exitCode.no, `flow ${terminalText(flow)} is not known, or not any more`, {
          hint: 'tollgate flows',
        })
      }
      found.push(row)
    }
    return exitCode.done
  })
  const filter = found.map(sameFlow).join(' or ')
  return { ...call, positionals: [], options: { ...options, read, filter } }
}

/** The ring may have lost the first packets of the flow: its times overlap. */
function sameFlow({ community_id, ts, end }: FlowRow): string {
  return `(community_id == "${community_id}" and ts <= "${end}" and end >= "${ts}")`
}
