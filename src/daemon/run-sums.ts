/** Sums over all runs of the daemon, kept on the disk once a second: what a run adds goes on top of what those
 * before it had. */

import { verdictOrder } from '../record/figures.js'
import type { Machine } from '../view/overview.js'
import type { ProbeView } from '../view/probe-view.js'

/** Where sums outlive the program. `saveSums` throws when it cannot. */
export interface SumStore {
  loadSums(): Map<string, number>
  saveSums(sums: ReadonlyMap<string, number>): void
}

export class RunSums {
  readonly #store: SumStore
  readonly #before: Map<string, number>
  #now = new Map<string, number>()
  readonly #counted = new Map<string, number>()
  /** why they are not kept at the moment; empty while they are */
  damage = ''

  constructor(store: SumStore) {
    this.#store = store
    this.#before = store.loadSums()
  }

  get(name: string): number {
    return (this.#before.get(name) ?? 0) + (this.#now.get(name) ?? 0)
  }

  /** Those whose name begins so, without it. */
  named(prefix: string): [string, number][] {
    const names = new Set([...this.#before.keys(), ...this.#now.keys()])
    return [...names]
      .filter(name => name.startsWith(prefix))
      .map(name => [name.slice(prefix.length), this.get(name)])
  }

  all(): Map<string, number> {
    const names = new Set([...this.#before.keys(), ...this.#now.keys()])
    return new Map([...names].map(name => [name, this.get(name)]))
  }

  /** Something that is not in any look at the run happened. */
  count(name: string): void {
    this.#counted.set(name, (this.#counted.get(name) ?? 0) + 1)
  }

  /** As the run stands now, and onto the disk. */
  keep(view: ProbeView, machine: Machine): void {
    this.#now = sumsOf(view, machine, this.#now)
    for (const [name, value] of this.#counted) this.#now.set(name, value)
    try {
      this.#store.saveSums(this.all())
      this.damage = ''
    } catch (error) {
      this.damage = error instanceof Error ? error.message : String(error)
    }
  }
}

/** A flow changes its verdict while it is open: a sum that fell stays where it was, as a counter must. */
function sumsOf(
  view: ProbeView,
  machine: Machine,
  before: ReadonlyMap<string, number>,
): Map<string, number> {
  const sums = new Map(before)
  const set = (name: string, value: number) => {
    sums.set(name, Math.max(value, before.get(name) ?? 0))
  }
  const { counters } = view
  for (const one of machine.interfaces(60)) {
    set(`packets ${one.name}`, one.packets)
    set(`drops ${one.name} kernel`, one.kernel_drops ?? 0)
    set(`drops ${one.name} iface`, one.interface_drops ?? 0)
    set(`drops ${one.name} queue`, one.queue_drops)
  }
  for (const verdict of verdictOrder) {
    const { up, down } = view.verdict(verdict)
    set(`bytes ${verdict} up`, up)
    set(`bytes ${verdict} down`, down)
  }
  for (const { rule, hits, up_bytes, down_bytes } of view.ruleRows()) {
    set(`rule ${rule} hits`, hits)
    set(`rule ${rule} up`, up_bytes)
    set(`rule ${rule} down`, down_bytes)
  }
  for (const [reason, count] of Object.entries(counters.faults)) set(`fault ${reason}`, count)
  set('frames', counters.frames)
  set('user packets', counters.userPackets)
  set('octets', counters.octets)
  set('unknown teid', counters.unknownTeidPackets)
  set('sessions created', counters.sessionsCreated)
  set('flows opened', counters.endedFlows + counters.openFlows)
  return sums
}
