/** Ten thousand lines: time grows with the length of the source, not with its square. Time of the processor: others
 * may be at work on the machine. */

import t from 'tap'
import { SetBuilder } from '../../src/rules/import/set-builder.js'
import { importText } from './imported.js'

function lines(count: number, line: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => line(i)).join('\n')
}

const address = (i: number) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`

/** A source with about this many lines. */
const sources: Record<string, (count: number) => string> = {
  staros: count => `active-charging service A
ruledef rt
tcp either-port = 80
#exit
charging-action c
content-id 7
#exit
${lines(count / 4, i => `ruledef r${i}\nhttp host = h${i}.example\n#exit`)}
rulebase B
route priority 1 ruledef rt analyzer http
${lines(count / 4, i => `action priority ${i + 1} ruledef r${i} charging-action c`)}
#exit
#exit`,
  'huawei-ugw': count => `cbb-id b charge-method online rg 7
charge-property p up-initial online b down-initial online b
${lines(
  count / 4,
  i => `filter f${i} l34-protocol tcp server-ip ${address(i)} 32
filter-group fg${i} filter f${i}
rule r${i} filter-group fg${i} priority ${i + 1}`,
)}
user-profile u
charge-property-binding service-charge-property p
${lines(count / 4, i => ` rule-binding r${i} priority ${i + 1}`)}`,
  'huawei-udg': count => `ADD URR:URRNAME="u",USAGERPTMODE=ONLINE,ONLINERG=7;
ADD URRGROUP:URRGROUPNAME="g",UPURRNAME1="u",DOWNURRNAME1="u";
ADD PCCPOLICYGRP:PCCPOLICYGRPNM="p",URRGROUPNAME="g";
ADD USERPROFILE:USERPROFILENAME="x";
${lines(
  count / 5,
  i => `ADD FILTER:FILTERNAME="f${i}",L34PROTOCOL=TCP,SVRIP="${address(i)}",SVRIPMASKLEN=32;
ADD FLOWFILTER:FLOWFILTERNAME="ff${i}";
ADD FLTBINDFLOWF:FLOWFILTERNAME="ff${i}",FILTERNAME="f${i}";
ADD RULE:RULENAME="r${i}",POLICYTYPE=PCC,FLOWFILTERNAME="ff${i}",PRIORITY=${i + 1},POLICYNAME="p";
ADD RULEBINDING:USERPROFILENAME="x",RULENAME="r${i}",POLICYTYPE=PCC;`,
)}`,
  sheet: count => `service id,L3 IP,protocol,L4 ports,L7 URL
${lines(count, i => `${i},${address(i)},TCP,80,host${i}.example/*`)}`,
  ipfilter: count =>
    lines(count, i => `rating-group=${i} permit out 6 from ${address(i)} 80 to assigned`),
  ts29512: count => `{"pccRules":{
${lines(count, i => `"r${i}":{"precedence":${i},"flowInfos":[{"flowDescription":"permit out 6 from ${address(i)} 80 to assigned"}],"refChgData":["c"]}${i < count - 1 ? ',' : ''}`)}
},"chgDecs":{"c":{"ratingGroup":7}}}`,
}

for (const [dialect, source] of Object.entries(sources))
  t.test(`${dialect}: 2,500 and 10,000 lines`, { timeout: 120_000 }, async t => {
    const timed = (count: number) => {
      const text = source(count)
      const from = process.cpuUsage()
      const { left, set } = importText(dialect, text)
      t.strictSame(left, [], `${count} lines`)
      t.ok(set.level1.length >= count / 5 - 1, `${set.level1.length} rules`)
      const { user, system } = process.cpuUsage(from)
      return (user + system) / 1000
    }
    timed(500)
    const small = timed(2500)
    const large = timed(10_000)
    // a square would be sixteen times; a busy machine may add some
    t.ok(large < 11 * small + 500, `${Math.round(small)} ms, ${Math.round(large)} ms`)
    t.ok(large < 20_000, `${Math.round(large)} ms`)
  })

t.test('filters times rules: what is too much is left out and told', async t => {
  const set = new SetBuilder({ tariffs: new Map(), links: new Map(), proxies: [] })
  const flows = Array.from({ length: 400 }, (_, i) => ({ server: [`${address(i)}/32`] }))
  const rule = (i: number) => set.rule({ precedence: i, name: `r${i}`, flows, charge: 1 })
  for (let i = 0; i < 100; i++) t.equal(rule(i), undefined)
  t.equal(rule(100), 'with it there would be more than 40000 rules and rows')
})
