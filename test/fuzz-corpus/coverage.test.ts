/** Every decoder of src/wire is fuzzed: whoever adds one adds it to a list in test/fuzz/decoders-*.ts, or
 * says here through which other one it is reached. */

import t from 'tap'
import { sources } from '../structure/sources.js'

/** Reached through another decoder, or by whole captures. */
const through: Readonly<Record<string, string>> = {
  'charging-time': 'charging-record',
  der: 'tls-certificate',
  'diameter-avp': 'diameter-tree, by diameter-facts',
  'field-reader': 'pfcp-message',
  'gtp1-ie': 'gtp1-facts',
  'http1-field-value': 'http1',
  'http1-octet': 'http1',
  'pfcp-ie': 'pfcp-message',
  'pfcp-pdr': 'pfcp-message',
  'pfcp-walk': 'pfcp-message',
  'radius-value': 'radius-message',
  'quic-protection': 'quic-client-hello',
}

/** Takes octets and a place in them. */
const decodes = /\(\s*(?:\w+: \w+,\s*)?buf: Uint8Array,\s*(?:off|block|header|at)\b/

t.test('every decoder is fuzzed', async t => {
  const fuzz = sources('test').filter(({ path }) => path.startsWith('test/fuzz/'))
  const imported = new Set(
    fuzz.flatMap(({ code }) => [...code.matchAll(/src\/wire\/([a-z0-9-]+)\.js'/g)].map(m => m[1])),
  )
  const decoders = sources('src')
    .filter(({ path, code }) => path.startsWith('src/wire/') && decodes.test(code))
    .map(({ path }) => path.replace(/^src\/wire\/|\.ts$/g, ''))
    .filter(name => name !== 'octets')
  t.ok(decoders.length > 40)
  t.strictSame(
    decoders.filter(name => !imported.has(name) && through[name] === undefined),
    [],
  )
})
