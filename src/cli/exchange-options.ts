/** Options of what is exchanged with other systems: rules of gateways, and charging records. */

import { dialectNames } from '../rules/import/dialect-names.js'
import type { OptionSpec } from './option-spec.js'

export const exchangeOptions = {
  actual: {
    kind: 'list',
    group: 'Selectors',
    value: 'FILE|capture',
    doc: "what was billed: charging records, CSV, or GTP', Gy and PFCP in a capture; repeatable",
  },
  map: {
    kind: 'list',
    group: 'Selectors',
    value: 'KEY=VALUE',
    doc: 'columns of CSV (imsi=MSID,up_bytes=UL), unit=kB, rating group of a URR (urr.3=1000)',
  },
  tolerance: {
    kind: 'text',
    group: 'Filters',
    value: 'N|N%',
    doc: 'octets, or share, that may differ (default 0)',
  },
  candidates: {
    kind: 'text',
    group: 'Filters',
    value: 'yes|no',
    choices: ['yes', 'no'],
    doc: 'look for what closes a gap: reads the capture again for each policy (default yes)',
  },
  from: {
    kind: 'text',
    group: 'Selectors',
    value: 'DIALECT',
    choices: dialectNames,
    doc: `what the source is: ${dialectNames.join(', ')}`,
  },
  to: {
    kind: 'text',
    group: 'Formatting',
    value: 'FORM',
    choices: ['ts29512', 'yaml'],
    doc: 'ts29512: PCC rules of 3GPP as JSON, with PFDs in a second file; yaml: one rule file',
  },
  select: {
    kind: 'text',
    group: 'Selectors',
    value: 'NAME',
    doc: 'rulebase, user profile or subscriber, where the source has several',
  },
  tariff: {
    kind: 'list',
    group: 'Selectors',
    value: 'ID=TARIFF',
    doc: 'what a rating group is: free, charged or unknown; repeatable, or with commas',
  },
  link: {
    kind: 'list',
    group: 'Selectors',
    value: 'GROUP=L7-GROUP',
    doc: "huawei-ugw: the group of L7 entries that a rule's category group means; repeatable",
  },
  proxy: {
    kind: 'list',
    group: 'Selectors',
    value: 'ADDR',
    doc: 'a WAP gateway, towards which X-Online-Host is honoured; repeatable',
  },
} as const satisfies Record<string, OptionSpec>
