/** What a panel is: a pure function from what is known to lines. */

import type { Line } from '../line.js'
import type { Scene } from '../scene.js'

export interface Panel {
  /** at most `height` lines of at most `width` columns */
  lines(scene: Scene, width: number, height: number): readonly Line[]
  /** the line under the body: what the focused row is */
  info(scene: Scene, width: number): Line
}
