/** Tells the handset of a subscriber from what his traffic shows of it: the URL of its UAProf description, its
 * User-Agent, the type allocation code of its IMEI (3GPP TS 23.003 clause 6.2.1). A model goes before a
 * brand, what the browser says before the IMEI: the settings to change are the browser's. */

import type { HandsetRecord } from '../record/case-record.js'
import { globMatch } from '../rules/glob.js'
import type { StepKind } from './case-file.js'
import type { HandsetShape, ModelShape, StepsShape } from './handset-file.js'
import type { HandsetEntry } from './library.js'

/** What was seen; absent where nothing was. */
export interface HandsetClues {
  userAgent?: string | undefined
  uaProfile?: string | undefined
  /** in the clear or masked: the first 8 digits are read */
  imei?: string | undefined
}

export interface HandsetFound {
  readonly record: HandsetRecord
  /** id of the handset file; absent when the brand is not known */
  readonly id: string | undefined
  readonly brand: HandsetShape | undefined
}

type Means = NonNullable<HandsetRecord['by']>

interface Candidate {
  shape: HandsetShape
  model: ModelShape | undefined
  by: Means
  value: string
  /** characters that decided: a longer prefix of an IMEI is nearer */
  length: number
}

/** The file whose steps hold when the brand has none of its own. */
const generic = 'generic'
/** A longer one is no handset's name for itself. */
const longestText = 512

export class HandsetBook {
  readonly #shapes: readonly HandsetShape[]
  readonly #generic: HandsetShape | undefined

  constructor(handsets: ReadonlyMap<string, HandsetEntry>) {
    const shapes = [...handsets.values()].map(entry => entry.shape)
    this.#generic = shapes.find(shape => shape.handset === generic)
    this.#shapes = shapes.filter(shape => shape.handset !== generic)
  }

  find(clues: HandsetClues): HandsetFound {
    const userAgent = clues.userAgent?.slice(0, longestText)
    const uaProfile = clues.uaProfile?.slice(0, longestText)
    const tac = /^\d{8}/.exec(clues.imei ?? '')?.[0]
    const found = [
      ...this.#candidates('ua-profile', uaProfile),
      ...this.#candidates('user-agent', userAgent),
      ...this.#candidates('tac', tac),
    ]
    const best = found.find(one => one.model !== undefined) ?? found[0]
    const wap = this.#wap(best, userAgent)
    const conflicts = new Set(
      found.filter(one => one.shape !== best?.shape).map(one => one.shape.brand.en),
    )
    return {
      id: best?.shape.handset,
      brand: best?.shape,
      record: {
        known: best !== undefined,
        ...(best === undefined ? {} : { brand: best.shape.brand.en }),
        ...(best?.model === undefined ? {} : { model: best.model.model }),
        ...wap,
        ...(best === undefined ? {} : { by: best.by, value: best.value }),
        ...(userAgent ? { user_agent: userAgent } : {}),
        ...(uaProfile ? { ua_profile: uaProfile } : {}),
        ...(tac === undefined ? {} : { tac }),
        ...(conflicts.size === 0 ? {} : { conflicts: [...conflicts] }),
      },
    }
  }

  /** The steps of the brand, else those that hold anywhere; undefined when there are none. */
  steps(found: HandsetFound, kind: StepKind): { steps: StepsShape; generic: boolean } | undefined {
    const own = found.brand?.steps?.[kind]
    if (own !== undefined) return { steps: own, generic: own.generic === true }
    const any = this.#generic?.steps?.[kind]
    return any && { steps: any, generic: true }
  }

  advice(found: HandsetFound): HandsetShape['advice'] {
    return found.brand?.advice ?? this.#generic?.advice
  }

  #wap(
    best: Candidate | undefined,
    userAgent: string | undefined,
  ): Pick<HandsetRecord, 'wap' | 'wap_by'> {
    if (best?.model?.wap !== undefined) return { wap: best.model.wap, wap_by: 'model' }
    if (userAgent === undefined) return {}
    const rules = [...(best?.shape.infer ?? []), ...(this.#generic?.infer ?? [])]
    const mark = rules.find(rule => globs(rule.user_agent, userAgent))
    return mark === undefined ? {} : { wap: mark.wap, wap_by: 'inferred' }
  }

  /** Models before brands, longer prefixes of an IMEI before shorter ones. */
  #candidates(by: Means, value: string | undefined): Candidate[] {
    if (!value) return []
    const found: Candidate[] = []
    for (const shape of this.#shapes) {
      for (const model of shape.models ?? []) {
        const length = matched(model, by, value)
        if (length > 0) found.push({ shape, model, by, value, length })
      }
      const length = matched(shape, by, value)
      if (length > 0) found.push({ shape, model: undefined, by, value, length })
    }
    const rank = (one: Candidate) => (one.model === undefined ? 1 : 0)
    return found.sort((a, b) => rank(a) - rank(b) || b.length - a.length)
  }
}

/** Length of the mark that fits, 0 for none. */
function matched(
  marks: Pick<ModelShape, 'user_agent' | 'ua_profile' | 'tac'>,
  by: Means,
  value: string,
): number {
  if (by === 'tac') return longest(marks.tac, prefix => value.startsWith(prefix))
  const patterns = by === 'user-agent' ? marks.user_agent : marks.ua_profile
  return longest(patterns, pattern => globs(pattern, value))
}

function longest(marks: readonly string[] | undefined, fits: (mark: string) => boolean): number {
  return Math.max(0, ...(marks ?? []).filter(fits).map(mark => mark.length))
}

function globs(pattern: string, text: string): boolean {
  return globMatch(pattern.toLowerCase(), text.toLowerCase())
}
