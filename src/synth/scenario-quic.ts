/** The `quic` step of a scenario. */

import { z } from 'zod'
import { type QuicVersionName, quicProtections } from './emit-quic.js'
import { address, opaqueData, port } from './scenario-values.js'

const versions = Object.keys(quicProtections) as QuicVersionName[]

export const quicStep = z.strictObject({
  from: z.string().describe('subscriber'),
  server: address,
  port: port.default(443),
  ue_port: port.optional(),
  version: z.enum(versions).default('v1'),
  sni: z.string().optional(),
  ech: z.boolean().default(false).describe('encrypted_client_hello extension'),
  hybrid: z
    .boolean()
    .default(false)
    .describe('a post-quantum key share: the ClientHello takes two Initial packets'),
  data: opaqueData.default([{ up: 400 }, { down: 3000 }]),
})
export type QuicStep = z.infer<typeof quicStep>
