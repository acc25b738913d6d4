/** WebSocket frames: RFC 6455 section 5.7 (its examples), every cutting of a stream, what is none. */

import t from 'tap'
import { WebSocketFrames, WebSocketOpcode } from '../../src/wire/websocket.js'
import { hex } from '../helpers/hex.js'

const stream = hex(`
  81 05 48656c6c6f                     # text, Hello
  81 85 37fa213d 7f9f4d5158            # the same, masked
  01 03 48656c 80 02 6c6f              # in two fragments
  89 05 48656c6c6f                     # Ping
  8a 85 37fa213d 7f9f4d5158            # Pong
  c1 07 f248cdc9c90700                 # compressed (RFC 7692 section 7.2.3.1)
  82 7e 0100 ${'00'.repeat(256)}       # 256 octets, binary
  82 7f 0000000000000100 ${'00'.repeat(256)}
  88 02 03e8                           # Close
`)

t.test('frames are counted, however the stream is cut', async t => {
  for (let size = 1; size <= stream.length; size++) {
    const frames = new WebSocketFrames()
    for (let at = 0; at < stream.length; ) {
      const end = Math.min(at + size, stream.length)
      at = frames.feed(stream, at, end)
      t.equal(at, end)
      // the fast path shows the last octet of a payload again only
      const skip = Math.max(0, Math.min(frames.skippable - 1, stream.length - at))
      frames.skip(skip)
      at += skip
    }
    t.equal(frames.frames, 10, `pieces of ${size}`)
    t.equal(frames.opcode, WebSocketOpcode.Close)
    t.notOk(frames.failed)
    t.equal(frames.skippable, 0)
  }
})

t.test('what is no frame fails, and stays so', async t => {
  const bad: [string, string][] = [
    ['83 00', 'an opcode that is not assigned'],
    ['8b 00', 'a control opcode that is not assigned'],
    ['a1 00', 'RSV2'],
    ['91 00', 'RSV3'],
    ['09 00', 'a control frame in fragments'],
    ['89 7e 0080', 'a control frame of 128 octets'],
    ['82 7f ffffffffffffffff', 'a length of 2^64 - 1'],
  ]
  for (const [octets, what] of bad) {
    const frames = new WebSocketFrames()
    const buf = hex(`${octets} 81 00`)
    const at = frames.feed(buf, 0, buf.length)
    t.equal(frames.failed, true, what)
    t.equal(at, buf.length - 2, what)
    t.equal(frames.feed(buf, at, buf.length), at)
    frames.reset()
    t.strictSame([frames.failed, frames.frames], [false, 0])
  }
  const long = new WebSocketFrames()
  long.feed(hex('82 7f 001fffffffffffff'), 0, 10)
  t.equal(long.failed, false)
  t.equal(long.skippable, Number.MAX_SAFE_INTEGER)
})
