/** Keys of the explanation of a flow. */

import type { Action } from './keys.js'
import { copyText, flowAction, text } from './list-actions.js'
import type { Stage } from './stage.js'

/** False: the key means nothing here. */
export function whyAction(stage: Stage, action: Action): boolean {
  const { why } = stage.scene
  const flow = why?.explained?.flow
  if (why === undefined) return false
  switch (action) {
    case 'pane':
      why.pane = why.pane === 'why' ? 'ladder' : 'why'
      why.top = 0
      return true
    case 'zoom':
      why.zoomed = !why.zoomed
      why.top = 0
      return true
    case 'all-rules':
      why.all = !why.all
      return true
    case 'copy':
      if (why.explained !== undefined) {
        copyText(stage, stage.host.whyLines(why.explained.explain, 80, why.all).join('\n'))
      }
      return true
    case 'source': {
      const hit = why.explained?.explain.level1.tried.find(one => one.result === 'hit')
      if (hit !== undefined)
        stage.scene.overlay = text(`Rule ${hit.rule}  ${hit.at}`, stage.host.sourceLines(hit.at))
      return true
    }
    default:
      return flowAction(stage, flow, action)
  }
}
