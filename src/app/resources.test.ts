// What standalone serves, as its clients are told.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { groupVersions } from '../core/machinery/discovery.ts'
import { apiVersionOf } from '../core/machinery/object.ts'
import { openApiV3 } from '../core/machinery/openapi/document.ts'
import { NO_REGISTRIES } from '../core/registries/configuration.ts'
import { registriesOf } from '../core/registries/prefix.ts'
import { openMemory } from '../store/memory.ts'
import { standaloneResources } from './resources.ts'

interface Described {
  description?: string
  properties?: Record<string, Described>
}

describe('OpenAPI of standalone', () => {
  const resources = standaloneResources(
    { store: openMemory(), importer: () => Promise.reject(new Error('not in this test')) },
    () => assert.fail(),
    () => registriesOf(NO_REGISTRIES),
  )
  for (const version of groupVersions(resources)) {
    it(`describes every type and every field of ${apiVersionOf(version)}`, () => {
      const { components } = JSON.parse(JSON.stringify(openApiV3(version))) as {
        components: { schemas: Record<string, Described> }
      }
      const silent: string[] = []
      for (const [name, { description, properties = {} }] of Object.entries(components.schemas)) {
        if (!description) silent.push(name)
        for (const [key, field] of Object.entries(properties)) if (!field.description) silent.push(`${name}: ${key}`)
      }
      assert.deepEqual(silent, [])
    })
  }
})
