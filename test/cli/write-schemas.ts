/** Writes the JSON Schema files under docs/schema from the record definitions. Run after a change:
 * `npm run build && node dist/test/cli/write-schemas.js`. */

import { mkdirSync, writeFileSync } from 'node:fs'
import { jsonSchema, recordSchemas, type SchemaName } from '../../src/record/schema.js'

export function schemaText(name: SchemaName): string {
  return `${JSON.stringify({ title: `tollgate.${name}/1`, ...jsonSchema(name) }, null, 2)}\n`
}

export const schemaFolder = new URL('../../../docs/schema/', import.meta.url)

if (process.argv[1]?.endsWith('write-schemas.js') === true) {
  mkdirSync(schemaFolder, { recursive: true })
  for (const name of Object.keys(recordSchemas) as SchemaName[]) {
    writeFileSync(new URL(`${name}.json`, schemaFolder), schemaText(name))
  }
}
