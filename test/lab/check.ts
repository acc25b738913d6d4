/** One statement of the laboratory and what a replay says to it. */

export interface Check {
  ok: boolean
  name: string
  wanted: string
  found: string
}

export function equal(name: string, found: string | number, wanted: string | number): Check {
  return { ok: found === wanted, name, wanted: String(wanted), found: String(found) }
}

export function oneOf(name: string, found: string, wanted: readonly string[]): Check {
  return { ok: wanted.includes(found), name, wanted: wanted.join(' or '), found }
}

export function between(name: string, found: number, low: number, high: number): Check {
  return {
    ok: found >= low && found <= high,
    name,
    wanted: low === high ? String(low) : `${low} to ${high}`,
    found: String(found),
  }
}
