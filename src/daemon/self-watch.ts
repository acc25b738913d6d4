/** What the probe knows of itself and must not keep to itself: losses, interfaces that are down, refused rules, state
 * that cannot be kept. Each is an alert while it lasts and a line of the log when it begins and ends. */

import type { FindingRecord } from '../record/explain-record.js'
import { groupDigits } from '../record/figures.js'
import { maskRecord } from '../record/mask.js'
import type { RaisedAlert } from '../view/alert-book.js'
import { findingAlerts } from '../view/finding-alerts.js'
import type { Machine } from '../view/overview.js'
import type { ProbeView } from '../view/probe-view.js'

/** Without a loss for so long the alert is over. */
const calmUs = 60_000_000

export type LogLine = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields: Record<string, unknown>,
) => void

export class SelfWatch {
  readonly #view: ProbeView
  readonly #machine: Machine
  readonly #log: LogLine
  #drops = 0
  #lostUs = 0

  constructor(view: ProbeView, machine: Machine, log: LogLine) {
    this.#view = view
    this.#machine = machine
    this.#log = log
  }

  /** Once a second. */
  look(): void {
    this.#losses()
    for (const { name, up, trouble } of this.#machine.interfaces(60)) {
      const why = trouble ?? 'not captured'
      const title = `${name}: ${why}`
      this.#state(!up, { kind: 'interface-down', severity: 'error', subject: name, title })
    }
    const { overload } = this.#view.counters
    this.#state(overload !== undefined, {
      kind: 'overload',
      severity: 'warn',
      subject: 'probe',
      title: `more packets than can be followed: ${overload ?? ''}`,
    })
    const troubles = this.#machine.troubles()
    const title = troubles.join('; ')
    this.#state(title !== '', { kind: 'probe-trouble', severity: 'error', subject: 'probe', title })
  }

  /** Rules that were wrong, or are right again: `title` is empty then. */
  rules(title: string): void {
    this.#state(title !== '', { kind: 'rules-refused', severity: 'error', subject: 'rules', title })
  }

  findings(findings: Iterable<FindingRecord>): void {
    for (const alert of findingAlerts(findings, this.#view.alerts)) this.#state(true, alert)
  }

  #losses(): void {
    const { around } = this.#view
    const drops = around.drops()
    const lost = drops - this.#drops
    this.#drops = drops
    if (lost > 0) this.#lostUs = around.nowUs()
    const calm = around.nowUs() - this.#lostUs >= calmUs
    if (lost > 0) {
      const title = `${groupDigits(drops)} packets lost; figures since then may be too low`
      this.#state(true, { kind: 'capture-drops', severity: 'error', subject: 'probe', title })
    } else if (calm) this.#over('capture-drops', 'probe')
  }

  #state(on: boolean, alert: RaisedAlert): void {
    if (!on) {
      this.#over(alert.kind, alert.subject)
      return
    }
    const { alerts, around } = this.#view
    if (alerts.open(alert.kind, alert.subject)?.title === alert.title) return
    const isNew = alerts.raise(alert, around.nowUs())
    if (isNew) this.#tell('warn', 'alert_raised', maskRecord({ ...alert }))
  }

  #over(kind: string, subject: string): void {
    const { alerts, around } = this.#view
    const cleared = alerts.clear(kind, subject, around.nowUs())
    if (cleared !== undefined) this.#tell('info', 'alert_cleared', maskRecord({ ...cleared }))
  }

  #tell(
    level: 'info' | 'warn',
    event: string,
    { kind, title }: { kind: string; title: string },
  ): void {
    this.#log(level, event, { kind, title })
  }
}
