/** One execution of one target, with what it may cost. */

import { Finding, type Input, type Target } from './target.js'

/** An input may take this much of the processor; the usual one takes a thousandth. */
export const longestUs = 2_000_000

/** Time of the processor, of this process. */
export function usedUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

async function timed(target: Target, input: Input): Promise<number> {
  const start = usedUs()
  await target.check(input)
  return usedUs() - start
}

/** Rejects with what the input does to the target. A slow run is repeated: the machine may be busy. */
export async function execute(target: Target, input: Input): Promise<void> {
  if (target.weight === 0) return await target.check(input)
  let tookUs = await timed(target, input)
  for (let n = 0; n < 2 && tookUs > longestUs; n++) {
    tookUs = Math.min(tookUs, await timed(target, input))
  }
  if (tookUs > longestUs) throw new Finding(`takes ${Math.round(tookUs / 1000)} ms`)
}

/** The same for two failures of one cause, as far as one can tell. */
export function signature(error: unknown): string {
  const said = error instanceof Error ? `${error.name} ${error.message}` : String(error)
  const place = error instanceof Error && !(error instanceof Finding) ? placeOf(error) : ''
  return `${said.replace(/[0-9a-f]*[0-9]+[0-9a-f]*/g, 'N').slice(0, 80)} ${place}`
}

/** The first place of our own in the stack. */
function placeOf(error: Error): string {
  const lines = error.stack?.split('\n') ?? []
  return /dist\/[^)]*/.exec(lines.find(line => line.includes('/dist/')) ?? '')?.[0] ?? ''
}
