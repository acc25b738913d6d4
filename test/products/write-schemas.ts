/** Writes the JSON Schemas of products and holdings under docs/schema. Run after a change:
 * `npm run build && node dist/test/products/write-schemas.js`. */

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { version } from '../../src/cli/version.js'
import { accountLine } from '../../src/products/accounts.js'
import { openApiDocument } from '../../src/products/open-api.js'
import { productsJsonSchema } from '../../src/products/schema.js'
import { root } from '../cli/program.js'

export function publishedSchemas(): { file: string; text: string }[] {
  const all = {
    products: productsJsonSchema(),
    account: { title: 'lines of products load', ...z.toJSONSchema(accountLine) },
  }
  const openApi = {
    file: join(root, 'docs/openapi.json'),
    text: jsonText(openApiDocument(version())),
  }
  const schemas = Object.entries(all).map(([name, schema]) => ({
    file: join(root, `docs/schema/${name}.json`),
    text: jsonText(schema),
  }))
  return [...schemas, openApi]
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

if (process.argv[1]?.endsWith('products/write-schemas.js') === true) {
  for (const { file, text } of publishedSchemas()) writeFileSync(file, text)
}
