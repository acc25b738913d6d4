/** The JSON Schema of the scenario language, and the keys that it allows at a path. */

import { z } from 'zod'
import { scenarioSchema } from './scenario-schema.js'

interface JsonSchema {
  properties?: Record<string, JsonSchema>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: JsonSchema[]
}

/** JSON Schema (draft 2020-12) of a scenario file. */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
}

function descend(schemas: readonly JsonSchema[], key: PropertyKey): JsonSchema[] {
  const below: JsonSchema[] = []
  for (const schema of schemas.flatMap(shapes)) {
    const named = typeof key === 'string' ? schema.properties?.[key] : schema.items
    const { additionalProperties: rest } = schema
    if (named !== undefined) below.push(named)
    else if (typeof rest === 'object') below.push(rest)
  }
  return below
}

function shapes(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? []).flatMap(shapes)]
}

/** Keys that an object at this path may have. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let here: JsonSchema[] = [scenarioJsonSchema()]
  for (const key of path) here = descend(here, key)
  return here.flatMap(shapes).flatMap(schema => Object.keys(schema.properties ?? {}))
}
