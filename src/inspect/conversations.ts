/** What inspectors remember of a conversation: two ends, either direction. The least recently used are
 * forgotten, so that a capture of any length takes a bounded amount of memory. */

const maxConversations = 20_000

export class LeastRecent<V> {
  readonly #kept = new Map<string, V>()
  readonly #bound: number
  readonly #gone: ((value: V) => void) | undefined

  /** `gone` hears of every value that is forgotten. */
  constructor(bound = maxConversations, gone?: (value: V) => void) {
    this.#bound = bound
    this.#gone = gone
  }

  /** The value of `key`, made when there is none. */
  take(key: string, make: () => V): V {
    let value = this.#kept.get(key)
    if (value === undefined) value = make()
    else this.#kept.delete(key)
    this.#kept.set(key, value)
    if (this.#kept.size > this.#bound) {
      for (const oldest of this.#kept.keys()) {
        this.delete(oldest)
        break
      }
    }
    return value
  }

  delete(key: string): void {
    const value = this.#kept.get(key)
    if (value === undefined) return
    this.#kept.delete(key)
    this.#gone?.(value)
  }
}

/** Same text for both directions. */
export function conversationKey(ends: {
  src: string
  dst: string
  protocol: number
  srcPort: number
  dstPort: number
}): string {
  const a = `${ends.src} ${ends.srcPort}`
  const b = `${ends.dst} ${ends.dstPort}`
  return a < b ? `${ends.protocol} ${a} ${b}` : `${ends.protocol} ${b} ${a}`
}
