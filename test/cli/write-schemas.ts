/** Writes the JSON Schema files under docs/schema from the record definitions. Run after a change:
 * `npm run build && node dist/test/cli/write-schemas.js`. */

import { mkdirSync, writeFileSync } from 'node:fs'
import {
  type FeedSchemaName,
  feedJsonSchema,
  feedSchemas,
} from '../../src/record/business-schema.js'
import { jsonSchema, recordSchemas, type SchemaName } from '../../src/record/schema.js'
import { settingsJsonSchema } from '../../src/renewal/settings.js'

export function schemaText(name: SchemaName): string {
  return `${JSON.stringify({ title: `tollgate.${name}/1`, ...jsonSchema(name) }, null, 2)}\n`
}

/** Of a line of a feed of events. */
export function feedSchemaText(name: FeedSchemaName): string {
  return `${JSON.stringify({ title: `tollgate.${name}/1`, ...feedJsonSchema(name) }, null, 2)}\n`
}

/** Of the settings of the detector. */
export function settingsSchemaText(): string {
  return `${JSON.stringify({ title: 'detector settings', ...settingsJsonSchema() }, null, 2)}\n`
}

export const settingsFile = 'detector-settings.json'
export const schemaFolder = new URL('../../../docs/schema/', import.meta.url)

if (process.argv[1]?.endsWith('write-schemas.js') === true) {
  mkdirSync(schemaFolder, { recursive: true })
  for (const name of Object.keys(recordSchemas) as SchemaName[]) {
    writeFileSync(new URL(`${name}.json`, schemaFolder), schemaText(name))
  }
  for (const name of Object.keys(feedSchemas) as FeedSchemaName[]) {
    writeFileSync(new URL(`${name}.json`, schemaFolder), feedSchemaText(name))
  }
  writeFileSync(new URL(settingsFile, schemaFolder), settingsSchemaText())
}
