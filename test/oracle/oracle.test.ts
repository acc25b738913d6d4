/** Everything that tshark read from the shared captures, read again by this program: equal, or listed in
 * differences.yaml with the reason. Truth files are made by tshark 4.0; nothing runs tshark here. */

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { difference, readReviewed } from './compare.js'
import { frameLists, type Truth } from './lists.js'
import { readFrames } from './read-frames.js'
import {
  countedOctets,
  dissectedNames,
  replayedFlows,
  replayedNames,
  truthFlows,
} from './replayed.js'

/** More would mean that nobody reviews them. */
const mostDifferences = 10

const shared = join('..', 'shared', 'captures')
const reviewed = readReviewed()

/** What `replay` counts when nobody says otherwise: a packet that was captured twice is charged once. */
const charged = 'charged_flows'
const decoded = reviewed.filter(one => one.list !== charged)
t.ok(decoded.length <= mostDifferences, 'differences are few')

if (!existsSync(shared)) {
  t.comment('shared captures not here: not compared with tshark')
  t.not(process.env.TOLLGATE_REQUIRE_SHARED, '1', 'shared captures are required')
} else {
  const captures = readdirSync(shared).filter(file => /\.pcap(ng)?$/.test(file))
  t.ok(captures.length > 0)
  const lists = ['inner_flows', charged, ...frameLists.map(list => list.name)]
  for (const { file, list } of reviewed) {
    t.ok(captures.includes(file) && lists.includes(list), `${file}: ${list} is compared`)
  }
  for (const file of captures) {
    const path = join(shared, 'truth', `${file}.json`)
    if (!existsSync(path)) continue
    const truth: Truth = JSON.parse(readFileSync(path, 'utf8'))
    const frames = await readFrames(join(shared, file))
    t.test(file, async t => {
      const flows = truthFlows(truth.inner_flows)
      compare(t, file, 'inner_flows', flows, await replayedFlows(join(shared, file), 'off'))
      compare(t, file, charged, flows, await replayedFlows(join(shared, file), 'auto'))
      const counted = await countedOctets(join(shared, file), 'auto')
      t.strictSame(counted, await countedOctets(join(shared, file), 'off'), 'every octet once')
      for (const list of frameLists) {
        compare(t, file, list.name, list.truth(truth), list.ours(frames))
      }
      const named = await replayedNames(join(shared, file))
      const shown = dissectedNames(frames)
      compare(t, file, 'replayed requests', shown.requests, named.requests)
      compare(t, file, 'replayed server names', shown.serverNames, named.serverNames)
    })
  }
}

function compare(
  t: Test,
  file: string,
  list: string,
  truth: readonly string[],
  ours: readonly string[],
): void {
  const of = (name: string) => reviewed.find(one => one.file === file && one.list === name)
  const known = of(list) ?? (list === charged ? of('inner_flows') : undefined)
  t.strictSame(
    difference(truth, ours),
    { onlyTshark: known?.only_tshark ?? [], onlyOurs: known?.only_ours ?? [] },
    list,
  )
}
