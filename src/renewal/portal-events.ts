/** A visit to the operator's portal as events, where the settings say which request is a renewal: for probes without a
 * feed. Such events say that they are inferred, and nothing that rests on them is certain. */

import type { ActivityRecord } from '../record/activity-record.js'
import type { BusinessEvent } from '../record/business-event.js'
import { hostOf, type NameLists } from './name-lists.js'
import type { RenewalSettings } from './settings.js'

const path = /^(?:https?:\/\/[^/?#]*)?([^?#]*)/i

export class PortalEvents {
  readonly #settings: RenewalSettings
  readonly #lists: NameLists
  readonly #infers: boolean

  constructor(settings: RenewalSettings, lists: NameLists) {
    this.#settings = settings
    this.#lists = lists
    this.#infers = settings.portals.some(one => one.renewal !== undefined)
  }

  events(record: ActivityRecord): BusinessEvent[] {
    if (!this.#infers || record.imsi === undefined) return []
    const found: BusinessEvent[] = []
    for (const answer of record.answers) {
      const base = {
        event_id: `inferred ${record.flow}/${answer.n}`,
        imsi: record.imsi,
        ...(record.msisdn === undefined ? {} : { msisdn: record.msisdn }),
        ts_event: answer.ts,
        source: 'inferred',
      } as const
      if (answer.location !== undefined) {
        if (!this.#lists.isPortal(hostOf(answer.location))) continue
        // sent to the portal: the cap was met, whoever noticed
        found.push({ ...base, type: 'enforce', enforce: 'redirect' })
      } else if (this.#isRenewal(answer.host, record.server, answer)) {
        found.push({ ...base, type: 'renewal', status: 'accepted' })
      }
    }
    return found
  }

  #isRenewal(
    host: string,
    server: string,
    answer: { method: string; url: string; status: number },
  ): boolean {
    if (!this.#lists.isPortal(host, server)) return false
    const asked = path.exec(answer.url)?.[1] ?? ''
    return this.#settings.portals.some(
      ({ renewal }) =>
        renewal !== undefined &&
        renewal.method === answer.method &&
        renewal.path === asked &&
        renewal.status === answer.status,
    )
  }
}
