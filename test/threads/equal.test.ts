/** Every capture by several threads: the records of one thread, all types, in the same order, to the octet. */

import { existsSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { SharedOptions } from '../../src/pipeline/shard/shard-message.js'
import { byOne, bySeveral, otherCaptures, ownCaptures, sharedFolder } from './shared-run.js'

t.setTimeout(600_000)

const uePools = ['10.161.0.0/16']
/** Tunnels alone; packets outside them too, which makes nearly all flows sessionless or none. */
const ways: readonly SharedOptions[] = [{}, { plainIp: true, uePools }]

async function compare(t: Test, paths: readonly string[]): Promise<number> {
  let flows = 0
  for (const options of ways) {
    const one = await byOne(paths, options)
    const ids = one.flatMap(line => /^\{"type":"flow".*?"flow":"(\d+)"/.exec(line)?.[1] ?? [])
    flows += ids.length
    for (const threads of [2, 5]) {
      t.strictSame(await bySeveral(threads, paths, options), one, `${threads} threads`)
    }
    const explainFlow = ids[ids.length >> 1]
    if (explainFlow === undefined) continue
    const explain = { ...options, explainFlow, explainAll: true }
    const [why, whyTwo] = [await byOne(paths, explain), await bySeveral(2, paths, explain)]
    t.match(why.at(-1), /^\{"type":"explain"/)
    t.strictSame(whyTwo, why, `flow ${explainFlow} explained`)
  }
  return flows
}

for (const path of ownCaptures) {
  t.test(path.slice(path.lastIndexOf('/') + 1), async t => {
    t.ok((await compare(t, [path])) > 0 || /rejected|storm|control|joined/.test(path), 'has flows')
  })
}

t.test('all captures as one run, one after the other and at once', async t => {
  t.ok((await compare(t, ownCaptures)) > 100, 'many subscribers')
})

t.test('captures of other projects and of the laboratory', async t => {
  if (!existsSync(sharedFolder)) {
    t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'the shared captures are required')
    t.comment('shared captures not here: not compared')
    return
  }
  for (const path of otherCaptures()) {
    await t.test(path.slice(sharedFolder.length + 1), async t => {
      await compare(t, [path])
    })
  }
  await t.test('the laboratory as one run', async t => {
    t.ok(
      (await compare(
        t,
        otherCaptures().filter(path => path.includes('/lab/')),
      )) > 0,
    )
  })
})
