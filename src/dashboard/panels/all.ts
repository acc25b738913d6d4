/** All screens. */

import { blank, type Line, ruler } from '../line.js'
import type { Scene, ScreenName } from '../scene.js'
import { alertsPanel } from './alerts.js'
import { flowsPanel } from './flows.js'
import { logPanel } from './log.js'
import { overlayLines } from './overlay.js'
import { overviewPanel } from './overview.js'
import { alertLines, itemsOf } from './overview-lists.js'
import type { Panel } from './panel.js'
import { rulesPanel } from './rules.js'
import { subscribersPanel } from './subscribers.js'
import { timelinePanel } from './timeline.js'
import { whyPanel } from './why.js'

/** a rule, a title, rows */
const pinnedLines = 6

const panels: Record<ScreenName, Panel> = {
  overview: overviewPanel,
  flows: flowsPanel,
  subscribers: subscribersPanel,
  rules: rulesPanel,
  alerts: alertsPanel,
  log: logPanel,
  why: whyPanel,
  timeline: timelinePanel,
}

export function bodyLines(scene: Scene, width: number, height: number): readonly Line[] {
  if (scene.wall && scene.screen !== 'alerts') return withAlerts(scene, width, height)
  const under = panels[scene.screen].lines(scene, width, height).slice(0, height)
  return scene.overlay === undefined
    ? under
    : overlayLines(scene, scene.overlay, under, width, height)
}

/** On a wall the alerts are under every screen. */
function withAlerts(scene: Scene, width: number, height: number): readonly Line[] {
  const pinned = alertLines(scene, itemsOf(scene), width, pinnedLines - 1)
  const room = height - pinnedLines
  const above = panels[scene.screen].lines(scene, width, room).slice(0, room)
  const missing = Array.from({ length: room - above.length }, () => blank)
  return [...above, ...missing, ruler(width), ...pinned]
}

export function infoLine(scene: Scene, width: number): Line {
  return scene.overlay === undefined ? panels[scene.screen].info(scene, width) : []
}
