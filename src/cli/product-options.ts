/** Options of traffic products: what is sold, where purchases are kept, who buys. */

import type { OptionSpec } from './option-spec.js'

export const productOptions = {
  products: {
    kind: 'text',
    group: 'Selectors',
    value: 'FILE',
    env: 'TOLLGATE_PRODUCTS',
    doc: 'products.yaml: buckets that are sold (docs/traffic-products.md)',
  },
  holdings: {
    kind: 'text',
    group: 'Selectors',
    value: 'FILE',
    doc: 'with -r: what subscribers hold, a JSON object a line (docs/schema/holding.json)',
  },
  store: {
    kind: 'text',
    group: 'Selectors',
    value: 'FILE',
    env: 'TOLLGATE_STORE',
    doc: 'where orders, cards, statistics and balances are kept',
  },
  number: {
    kind: 'text',
    group: 'Selectors',
    value: 'DIGITS',
    doc: 'IMSI or MSISDN of the subscriber',
  },
  order: {
    kind: 'text',
    group: 'Selectors',
    value: 'ID',
    doc: 'id of the order: the same again is the same order',
  },
  run: {
    kind: 'text',
    group: 'Selectors',
    value: 'ID',
    doc: 'name of the run whose statistics are taken: the same again replaces its own',
  },
  tables: {
    kind: 'text',
    group: 'Selectors',
    value: 'A,B',
    doc: 'directed information: level-2 tables that the card may pay for',
  },
  charges: {
    kind: 'text',
    group: 'Selectors',
    value: 'ID,ID',
    doc: 'directed information: charging ids that the card may pay for',
  },
  priority: {
    kind: 'number',
    group: 'Selectors',
    value: 'N',
    doc: 'new place in the order of consumption: higher is first',
  },
  issue: {
    kind: 'text',
    group: 'Selectors',
    value: 'PRODUCT',
    doc: 'make the card first, of this product, when it is not there',
  },
  platform: {
    kind: 'text',
    group: 'Selectors',
    value: 'URL',
    env: 'TOLLGATE_PLATFORM',
    doc: 'charging platform over HTTP (token in TOLLGATE_PLATFORM_TOKEN); in the store without',
  },
  list: {
    kind: 'text',
    group: 'Filters',
    value: 'WHAT',
    choices: ['orders', 'events', 'holdings', 'cards'],
    doc: 'orders (default), events for the billing feed, holdings for replay --holdings, cards',
  },
  listen: {
    kind: 'text',
    group: 'Other',
    value: 'PORT',
    doc: 'port on loopback, or 127.0.0.1:PORT (default 9466); token in TOLLGATE_API_TOKEN',
  },
  openapi: { kind: 'flag', group: 'Other', doc: 'print the OpenAPI document' },
  settle: {
    kind: 'flag',
    group: 'Other',
    doc: 'let the charging platform deduct what is due for use',
  },
} as const satisfies Record<string, OptionSpec>
