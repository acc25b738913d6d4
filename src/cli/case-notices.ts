/** Tells subscribers of their alarms (`alerts --notify FILE`): each once for a renewal and cause, and no more when the
 * case is over. Records must have their numbers in the clear. */

import { Dispatcher } from '../notify/dispatcher.js'
import type { Channel, NoticeState } from '../notify/notice.js'
import { NoticeStore } from '../notify/notice-store.js'
import { SmppChannel } from '../notify/smpp-channel.js'
import type { AlertRecord } from '../record/alert-record.js'
import { terminalText } from '../record/text.js'
import { parseTime } from '../record/time.js'
import { isOpen } from './detection.js'
import { exitCode, Failure } from './fail.js'
import { notifySetup } from './notify-settings.js'

/** What the subscriber himself does: he is there (blocked-after-renewal.md B4). */
const demand: ReadonlySet<string> = new Set(['E1', 'E3', 'E4', 'E5', 'E6'])

export class CaseNotices {
  readonly #store: NoticeStore
  readonly #channel: Channel
  readonly #dispatcher: Dispatcher
  readonly #language: 'zh' | 'en'
  #running: Promise<unknown> = Promise.resolve()

  /** `nowUs`: the clock of renewals and quiet hours. Throws a Failure when the settings are wrong. */
  constructor(file: string, nowUs: () => number) {
    const { store, language, dispatch, channel } = notifySetup(file)
    this.#store = openStore(store)
    this.#channel = channel
    this.#language = language
    this.#dispatcher = new Dispatcher(this.#store, channel, dispatch, nowUs)
    if (channel instanceof SmppChannel)
      channel.onReceipt = receipt => this.#dispatcher.receipt(receipt)
  }

  /** Resolves when what is due has been sent. */
  async look(cases: readonly AlertRecord[]): Promise<void> {
    for (const alert of cases) this.#case(alert)
    this.#running = this.#running.then(() => this.#dispatcher.run())
    await this.#running
  }

  /** How many notices of these cases are in each state. */
  counts(cases: readonly AlertRecord[]): Map<NoticeState, number> {
    const counts = new Map<NoticeState, number>()
    for (const { state } of cases.flatMap(one => this.#store.ofCase(one.case))) {
      counts.set(state, (counts.get(state) ?? 0) + 1)
    }
    return counts
  }

  async close(): Promise<void> {
    await this.#running
    await this.#channel.close()
    this.#store.close()
  }

  #case(alert: AlertRecord): void {
    const { case: caseId, imsi, msisdn = '', cause, t0, evidence, recovery } = alert
    if (!isOpen(alert)) {
      this.#dispatcher.recovered(caseId)
      return
    }
    if (imsi === undefined || cause === undefined || recovery === undefined) return
    const text = this.#language === 'zh' ? recovery.user_zh : recovery.user
    const seen = evidence.filter(one => demand.has(one.class)).map(one => parseTime(one.ts) ?? 0)
    const activeUs = seen.length > 0 ? Math.max(...seen) : undefined
    const renewedUs = parseTime(t0) ?? 0
    this.#dispatcher.blocked({ caseId, imsi, msisdn, cause, renewedUs, text, activeUs })
  }
}

function openStore(path: string): NoticeStore {
  try {
    return new NoticeStore(path)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new Failure(exitCode.output, `${terminalText(path)}: ${terminalText(reason)}`)
  }
}
