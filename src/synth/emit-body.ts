/** The body of a message from its description in a scenario: made-up text, given text, or an MMS. */

import { emitMms, mmsFacts } from './emit-mms.js'
import { fillerJpeg, fillerText } from './filler.js'
import { octetsOf } from './octet-builder.js'
import type { Body } from './scenario-values.js'
import type { Xorshift32 } from './xorshift.js'

export const MMS_CONTENT_TYPE = 'application/vnd.wap.mms-message'

export interface EmittedBody {
  octets: Uint8Array
  /** set for an MMS */
  contentType: string | undefined
  facts: Record<string, string> | undefined
}

/** `type` is the content type around it: made-up octets of an image look like one. */
export function emitBody(
  body: Body | undefined,
  timeUs: number,
  random: Xorshift32,
  type?: string,
): EmittedBody {
  const plain = { contentType: undefined, facts: undefined }
  if (body === undefined) return { octets: new Uint8Array(0), ...plain }
  if (typeof body === 'number') {
    const jpeg = type === 'image/jpeg'
    return { octets: jpeg ? fillerJpeg(body, random) : fillerText(body), ...plain }
  }
  if (typeof body === 'string') return { octets: octetsOf(body), ...plain }
  return {
    octets: emitMms(body.mms, timeUs, random),
    contentType: MMS_CONTENT_TYPE,
    facts: mmsFacts(body.mms),
  }
}
