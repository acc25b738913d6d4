/** Everything that can be said of one laboratory scenario. */

import type { Check } from './check.js'
import { compareOctets } from './compare-octets.js'
import { compareSessions } from './compare-sessions.js'
import { compareSteps } from './compare-steps.js'
import type { LabScenario } from './lab-scenario.js'
import type { Replayed } from './replay.js'

export function compare(lab: LabScenario, replayed: Replayed): Check[] {
  return [
    ...compareSteps(lab, replayed),
    ...compareOctets(lab, replayed),
    ...compareSessions(lab, replayed),
  ]
}
