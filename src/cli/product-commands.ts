/** The commands of traffic products. A store remembers the products that it was made with. */

import type { Command } from './command.js'
import { input } from './option-groups.js'
import type { OptionName } from './options.js'
import { boundOptions } from './run-bounds.js'

const shop: readonly OptionName[] = ['products', 'store']
const showing: readonly OptionName[] = ['json', 'utc', 'reveal']

export const productCommands: readonly Command[] = [
  {
    name: 'products',
    usage: 'FILE',
    doc: 'check and list traffic products: what buckets are sold',
    options: [...shop, 'rules', 'json'],
    positionals: [0, 1],
    examples: [
      'tollgate products docs/examples/products.yaml',
      'tollgate products docs/examples/products.yaml --rules rules/newspaper.yaml',
      'tollgate products docs/examples/products.yaml --store /tmp/p.db',
      'TOLLGATE_PRODUCTS=docs/examples/products.yaml tollgate products --json',
    ],
    load: async () => (await import('./products.js')).products,
  },
  {
    name: 'products load',
    usage: 'FILE --store FILE',
    doc: 'take subscribers and deposits into the store, from lines of JSON',
    options: shop,
    positionals: [1, 1],
    examples: [
      'tollgate products load docs/examples/accounts.jsonl --store /tmp/p.db',
      'tollgate products load docs/examples/accounts.jsonl --store /tmp/p.db -q',
      'TOLLGATE_STORE=/tmp/p.db tollgate products docs/examples/products.yaml',
      'tollgate products load docs/examples/accounts.jsonl --store /tmp/p.db -v',
    ],
    load: async () => (await import('./products.js')).productsLoad,
  },
  {
    name: 'products serve',
    usage: '--store FILE',
    doc: 'the HTTP interface, on loopback: orders, cards, statistics, events',
    options: [...shop, 'platform', 'listen', 'autostop', 'openapi'],
    positionals: [0, 0],
    examples: [
      'tollgate products serve --openapi',
      'tollgate products serve --openapi | grep summary',
      'tollgate products serve --store /tmp/p.db --listen 0 -a duration:1',
      'TOLLGATE_API_TOKEN=x tollgate products serve --openapi | wc -l',
    ],
    load: async () => (await import('./products-serve.js')).productsServe,
  },
  {
    name: 'order',
    usage: 'PRODUCT --number DIGITS --order ID | --list WHAT',
    doc: 'buy a product in two phases; list orders, and the events that they give',
    options: [...shop, 'number', 'order', 'platform', 'list', 'limit', ...showing],
    positionals: [0, 1],
    examples: [
      'tollgate order refuel --number 8613012345702 --order 1 --store /tmp/p.db',
      'tollgate order --store /tmp/p.db',
      'tollgate order --store /tmp/p.db --number 8613012345702 --json',
      'tollgate order --store /tmp/p.db --list events --reveal',
      'tollgate order --store /tmp/p.db --list holdings --reveal',
    ],
    load: async () => (await import('./purchase.js')).order,
  },
  {
    name: 'order reverse',
    usage: 'ORDER',
    doc: 'take an order back: traffic, then money; not when traffic of it was used',
    options: [...shop, 'platform', ...showing],
    positionals: [1, 1],
    examples: [
      'tollgate order night --number 8613012345702 --order 2 --store /tmp/p.db | cat',
      'S=/tmp/p.db; tollgate order reverse 2 --store $S | cat',
      'S=/tmp/p.db; tollgate order reverse 2 --store $S --json | cat',
      'S=/tmp/p.db; tollgate order --store $S --list events | tail -1',
    ],
    load: async () => (await import('./purchase.js')).orderReverse,
  },
  {
    name: 'bind',
    usage: 'CARD --number DIGITS | BUCKET --priority N',
    doc: 'bind a traffic card to a number; change the order of consumption',
    options: [...shop, 'number', 'issue', 'tables', 'charges', 'priority', ...showing],
    positionals: [1, 1],
    examples: [
      'tollgate bind c1 --issue card --number 8613012345601 --store /tmp/p.db',
      'tollgate bind c2 --issue card --number 8613012345702 --store /tmp/p.db',
      'tollgate bind card-c2 --priority 90 --store /tmp/p.db',
      'tollgate order --store /tmp/p.db --list cards',
    ],
    load: async () => (await import('./bind.js')).bind,
  },
  {
    name: 'bind remove',
    usage: 'CARD',
    doc: 'take a traffic card off its number; what is left of it is void',
    options: [...shop, ...showing],
    positionals: [1, 1],
    examples: [
      'S=/tmp/p.db; tollgate bind remove c3 --store $S 2>&1 | cat',
      'S=/tmp/p.db; tollgate bind remove c3 --store $S --json 2>&1 | cat',
      'S=/tmp/p.db; tollgate order --store $S --list holdings | tail -1',
      'S=/tmp/p.db; tollgate order --store $S --list cards --json | head -3',
    ],
    load: async () => (await import('./bind.js')).bindRemove,
  },
  {
    name: 'usage',
    usage: '-r FILE | --number DIGITS | --settle',
    doc: 'what buckets pay for: rate captures, show statistics, settle them',
    options: [
      ...input,
      'count',
      ...shop,
      'holdings',
      'run',
      'number',
      'settle',
      'platform',
      'strict',
      'no-names',
      ...boundOptions,
      ...showing,
    ],
    positionals: [0, 0],
    examples: [
      'tollgate usage -r captures/newspaper.pcap --store /tmp/p.db --run monday',
      'tollgate usage --number 8613012345702 --store /tmp/p.db',
      'tollgate usage --number 8613012345702 --store /tmp/p.db --json',
      'tollgate usage --settle --store /tmp/p.db',
    ],
    load: async () => (await import('./usage.js')).usage,
  },
]
