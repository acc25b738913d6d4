import { readFileSync } from 'node:fs'
import t from 'tap'
import type { AvpType } from '../../src/wire/diameter-avp-type.js'
import { applicationName, commandLetters, commandName } from '../../src/wire/diameter-code.js'
import { avpDefinition, avpDefinitions, vendor3gpp } from '../../src/wire/diameter-dictionary.js'
import { valueName } from '../../src/wire/diameter-enumerated.js'
import { experimentalResultName, isSuccess, resultName } from '../../src/wire/diameter-result.js'
import { avpText, avpTime, avpUnsigned64 } from '../../src/wire/diameter-value.js'
import { hex } from '../helpers/hex.js'

function text(type: AvpType, value: string): string {
  const octets = hex(value)
  // octets around the value must not show
  const buf = new Uint8Array(octets.length + 2).fill(0x31)
  buf.set(octets, 1)
  return avpText(type, buf, 1, 1 + octets.length)
}

t.test('formats of RFC 6733 sections 4.2 and 4.3.1', t => {
  t.equal(text('Unsigned32', 'ffffffff'), '4294967295')
  t.equal(text('Integer32', 'ffffffff'), '-1')
  t.equal(text('Unsigned64', 'ffffffffffffffff'), '18446744073709551615')
  t.equal(text('Integer64', 'ffffffffffffffff'), '-1')
  t.equal(text('Integer64', '0000000100000002'), '4294967298')
  t.equal(text('Float32', '3fc00000'), '1.5')
  t.equal(text('Enumerated', '00000003'), '3')
  t.equal(text('OctetString', '00ff10'), '00ff10')
  t.equal(text('UTF8String', 'e4b8ad'), '\u4e2d')
  t.equal(text('UTF8String', 'ff'), '\ufffd')
  t.equal(text('Address', '0001 0a2d0007'), '10.45.0.7')
  t.equal(text('Address', '0002 20010db8000000000000000000000001'), '2001:db8::1')
  t.equal(text('Address', '0008 343930313233'), '490123', 'E.164')
  t.equal(text('Address', '0a2d0007'), '10.45.0.7', 'without family')
  t.equal(text('Address', '0001 0a2d00'), '')
  t.equal(text('Address', '00'), '')
  t.equal(text('RadiusPrefix', '00 40 20010db800000001'), '2001:db8:0:1::/64')
  t.equal(text('RadiusPrefix', '00 00'), '::/0')
  t.equal(text('RadiusPrefix', '00 81 20010db8'), '', 'more bits than an address has')
  t.equal(text('RadiusPrefix', '00 40 2001'), '', 'fewer octets than bits')
  t.equal(text('Tbcd', '88101711f1'), '880171111')
  t.equal(text('Plmn', '64f010'), '460-01')
  t.equal(text('Plmn', '64f0'), '')
  for (const type of ['Unsigned32', 'Integer32', 'Unsigned64', 'Float32', 'Time'] as const) {
    t.equal(text(type, '000000'), '', `${type} of three octets`)
  }
  t.end()
})

t.test('times on both sides of 2036', t => {
  t.equal(text('Time', 'd84f0c80'), '2015-01-01T00:00:00Z')
  t.equal(text('Time', 'ffffffff'), '2036-02-07T06:28:15Z')
  t.equal(text('Time', '00000000'), '2036-02-07T06:28:16Z')
  t.equal(avpTime(hex('83aa7e80'), 0, 4), 0, '1970')
  t.equal(avpUnsigned64(hex('0000000100000000'), 0, 8), 2 ** 32)
  t.end()
})

t.test('no code and no name is in two tables', t => {
  const all = avpDefinitions()
  t.ok(all.length > 800, `${all.length} AVPs`)
  const names = all.map(one => one.name)
  t.same(
    names.filter((name, i) => names.indexOf(name) !== i),
    [],
  )
  const rows = ['base', 'credit', 'policy', 'charging', 'eps']
    .map(name => readFileSync(`src/wire/diameter-avp-${name}.ts`, 'utf8'))
    .flatMap(file => file.match(/^ {2}\d+: \[/gm) ?? [])
  t.equal(all.length, rows.length)
  t.end()
})

t.test('what an AVP is depends on its vendor', t => {
  t.match(avpDefinition(0, 8), { name: 'Framed-IP-Address', type: 'RadiusAddress' })
  t.match(avpDefinition(vendor3gpp, 8), { name: '3GPP-IMSI-MCC-MNC' })
  t.match(avpDefinition(0, 432), { name: 'Rating-Group', type: 'Unsigned32' })
  t.match(avpDefinition(0, 669), { name: 'QoS-Final-Unit-Indication', type: 'Grouped' })
  t.match(avpDefinition(vendor3gpp, 1005), { name: 'Charging-Rule-Name' })
  t.match(avpDefinition(vendor3gpp, 2901), { name: 'Policy-Counter-Identifier' })
  t.match(avpDefinition(vendor3gpp, 1424), { name: 'Subscriber-Status', type: 'Enumerated' })
  t.equal(avpDefinition(0, 1005), undefined)
  t.equal(avpDefinition(193, 1), undefined)
  t.end()
})

t.test('names of numbers', t => {
  t.equal(commandLetters(272, true), 'CCR')
  t.equal(commandLetters(316, false), 'ULA')
  t.equal(commandLetters(8388636, true), 'SNR')
  t.equal(commandName(272, false), 'Credit-Control-Answer')
  t.equal(commandLetters(16777215, true), 'command 16777215 request')
  t.equal(applicationName(16777238), 'Gx')
  t.equal(applicationName(4294967295), 'relay')
  t.equal(applicationName(77), 'application 77')
  t.equal(resultName(4012), 'DIAMETER_CREDIT_LIMIT_REACHED')
  t.equal(resultName(9999), 'result 9999')
  t.equal(resultName(5004), 'DIAMETER_INVALID_AVP_VALUE')
  t.equal(experimentalResultName(vendor3gpp, 5004), 'DIAMETER_ERROR_ROAMING_NOT_ALLOWED')
  t.equal(experimentalResultName(1, 5004), 'result 5004 of vendor 1')
  t.ok(isSuccess(2002))
  t.notOk(isSuccess(3002))
  t.notOk(isSuccess(-1))
  t.equal(valueName('Final-Unit-Action', 1), 'REDIRECT')
  t.equal(valueName('Flow-Status', 3), 'DISABLED')
  t.equal(valueName('Error-Diagnostic', 77), '77')
  t.equal(valueName('Rating-Group', 5), '5')
  t.end()
})
