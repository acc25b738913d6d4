/** How much work the analysis of one rule set may be, over all its patterns: a file of patterns made to hurt
 * costs a bounded time, and what is then left is not known. */

/** States of automata that are looked at: for the set as a whole, and for each of its rules. */
const wholeEffort = 20_000_000
const ruleEffort = 10_000

export class Effort {
  #left: number

  constructor(rules: number) {
    this.#left = wholeEffort + rules * ruleEffort
  }

  spend(states: number): void {
    this.#left -= states
  }

  get isSpent(): boolean {
    return this.#left <= 0
  }
}
