/** Everything that reads what others wrote, one target each (storms have a list of their own). A new decoder of src/wire is a line in one of
 * the decoders-*.ts lists. */

import { captureTargets } from './capture-targets.js'
import { decoderTarget } from './decoder-target.js'
import { controlDecoders } from './decoders-control.js'
import { fileDecoders } from './decoders-file.js'
import { networkDecoders } from './decoders-network.js'
import { wapDecoders } from './decoders-wap.js'
import { webDecoders } from './decoders-web.js'
import type { Material } from './material.js'
import { quicTarget } from './quic-target.js'
import { sourceTargets } from './source-target.js'
import type { Target } from './target.js'
import { textTargets } from './text-targets.js'

export function targetsOf(material: Material): Target[] {
  const decoders = [
    ...fileDecoders,
    ...networkDecoders,
    ...webDecoders,
    ...wapDecoders,
    ...controlDecoders,
  ]
  return [
    ...captureTargets(material),
    ...sourceTargets(material),
    ...textTargets(material),
    ...decoders.map(one => decoderTarget(one, material)),
    quicTarget,
  ]
}
