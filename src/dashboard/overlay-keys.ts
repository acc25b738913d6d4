/** Keys while something lies over the body. */

import { columnsOf } from './list-columns.js'
import { choicesOf, overlayHeight } from './panels/overlay.js'
import { saveKey } from './save.js'
import { isList, type Overlay } from './scene.js'
import type { Stage } from './stage.js'

export function overlayKey(stage: Stage, overlay: Overlay, key: string, char: string): void {
  if (overlay.kind === 'save') saveKey(stage, overlay.dialog, key, char)
  else if (overlay.kind === 'choice') choiceKey(stage, overlay, key)
  else if (key === 'q' || key === 'f10') stage.host.quit()
  else pageKey(stage, overlay, key)
}

function pageKey(stage: Stage, overlay: Overlay & { top: number }, key: string): void {
  const { scene, surface } = stage
  const room = Math.max(1, surface.height - 6)
  const height = overlayHeight(scene, overlay, surface.width)
  const to = (top: number) => {
    overlay.top = Math.max(0, Math.min(top, Math.max(0, height - room)))
  }
  switch (key) {
    case 'up':
    case 'k':
      to(overlay.top - 1)
      break
    case 'down':
    case 'j':
      to(overlay.top + 1)
      break
    case 'pageup':
      to(overlay.top - room)
      break
    case 'pagedown':
    case 'space':
      to(overlay.top + room)
      break
    case 'escape':
    case 'backspace':
    case '?':
    case 'f1':
    case 'enter':
    case 'return':
      delete scene.overlay
      break
    default:
      break
  }
}

function choiceKey(stage: Stage, overlay: Overlay & { kind: 'choice' }, key: string): void {
  const { scene } = stage
  const choices = choicesOf(scene, overlay.of)
  const { screen } = scene
  if (key === 'escape' || key === 'backspace' || !isList(screen)) delete scene.overlay
  else if (key === 'up' || key === 'k') overlay.at = Math.max(0, overlay.at - 1)
  else if (key === 'down' || key === 'j') overlay.at = Math.min(choices.length - 1, overlay.at + 1)
  else if (key === 'enter' || key === 'return' || key === 'space') {
    const choice = choices[overlay.at]
    if (choice === undefined) return
    if (overlay.of === 'sort') {
      const columns: readonly { sort?: string; high?: true }[] = columnsOf[screen]
      const high = columns.find(one => one.sort === choice.id)?.high === true
      stage.sort(screen, high ? `-${choice.id}` : choice.id)
      delete scene.overlay
    } else if (key === 'space') {
      const { hidden } = scene.lists[screen]
      if (!hidden.delete(choice.id)) hidden.add(choice.id)
    } else {
      delete scene.overlay
    }
  }
}
