/** Sessions of Gx or PFCP with the rules that were installed in them, as they change. What a capture shows of a session
 * that began before it is what it shows. */

/** A moment of the capture. */
export interface Moment {
  readonly timeUs: number
  readonly frame: number
}

/** A rule as signalling describes it; absent numbers are -1, absent texts empty. */
export interface RuleDescription {
  readonly name: string
  readonly precedence: number
  /** IPFilterRules */
  readonly flows: readonly string[]
  readonly application: string
  readonly ratingGroup: number
  readonly serviceId: number
  /** -1 not said, 0 no, 1 yes */
  readonly online: number
  readonly offline: number
  /** what else names the charge: URRs of PFCP */
  readonly charge: string
}

export interface SignalledRule extends RuleDescription {
  readonly installed: Moment
  /** installed with the session */
  readonly initial: boolean
  removed?: Moment
}

export interface SignalledSession {
  readonly protocol: 'gx' | 'pfcp'
  imsi: string
  apn: string
  /** prefixes */
  readonly ue: Set<string>
  readonly opened: Moment
  closed?: Moment
  readonly rules: Map<string, SignalledRule>
  /** removed in the middle of the session */
  readonly past: SignalledRule[]
  /** names of rules that the gateway knows by itself */
  readonly predefined: Map<string, Moment>
}

export interface RuleChange {
  readonly at: Moment
  readonly action: 'installed' | 'changed' | 'removed'
  readonly session: SignalledSession
  readonly rule: RuleDescription
}

export type OnChange = (change: RuleChange) => void

/** A hostile capture could open sessions and install rules without end. */
const MOST_SESSIONS = 1 << 16
const MOST_RULES = 1 << 12

export class SessionBook {
  readonly sessions: SignalledSession[] = []
  /** sessions or rules beyond the bounds */
  dropped = 0
  readonly #onChange: OnChange

  constructor(onChange: OnChange) {
    this.#onChange = onChange
  }

  open(protocol: 'gx' | 'pfcp', at: Moment): SignalledSession | undefined {
    if (this.sessions.length >= MOST_SESSIONS) {
      this.dropped++
      return undefined
    }
    const session: SignalledSession = {
      protocol,
      imsi: '',
      apn: '',
      ue: new Set(),
      opened: at,
      rules: new Map(),
      past: [],
      predefined: new Map(),
    }
    this.sessions.push(session)
    return session
  }

  install(
    session: SignalledSession,
    key: string,
    rule: RuleDescription,
    at: Moment,
    initial: boolean,
  ): void {
    const known = session.rules.get(key)
    if (!known && session.rules.size + session.past.length >= MOST_RULES) {
      this.dropped++
      return
    }
    if (known && same(known, rule)) return
    if (known) session.past.push({ ...known, removed: at })
    session.rules.set(key, { ...rule, installed: at, initial })
    this.#onChange({ at, action: known ? 'changed' : 'installed', session, rule })
  }

  remove(session: SignalledSession, key: string, at: Moment): void {
    const rule = session.rules.get(key)
    session.predefined.delete(key)
    if (!rule) return
    session.rules.delete(key)
    session.past.push({ ...rule, removed: at })
    this.#onChange({ at, action: 'removed', session, rule })
  }

  /** None of its rules was ever in force. */
  refuse(session: SignalledSession, at: Moment): void {
    for (const key of session.rules.keys()) this.remove(session, key, at)
    session.past.length = 0
    session.predefined.clear()
    this.close(session, at)
  }

  /** Its rules end with it, but were in force to the end. */
  close(session: SignalledSession, at: Moment): void {
    session.closed ??= at
  }
}

function same(a: RuleDescription, b: RuleDescription): boolean {
  const keys = Object.keys(b) as (keyof RuleDescription)[]
  return keys.every(key => JSON.stringify(a[key]) === JSON.stringify(b[key]))
}
