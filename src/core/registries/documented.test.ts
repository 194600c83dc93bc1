// What docs/registries.md shows is what is read.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { parseRegistries } from './parse.ts'

const page = readFileSync(new URL('../../../docs/registries.md', import.meta.url), 'utf8')
const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text]) => text!)

describe('docs/registries.md', () => {
  for (const [i, text] of examples.entries())
    test(`example ${i + 1} is read`, () =>
      assert.notDeepEqual(parseRegistries(text, { files: true, secrets: true }), { registries: [] }))

  test('names every field', () => {
    assert.ok(examples.length >= 6)
    const fields =
      'refresh allowedRegistriesForImport domainName proxy http https noProxy resolvesNames registries prefix mirrors location insecure mirrorsOnly ca caFile clientCertificate secret certFile keyFile rate credentials helper'
    const shown = new Set(examples.flatMap((text) => text.match(/\w+(?=:)/g)))
    assert.deepEqual(
      fields.split(' ').filter((field) => !shown.has(field)),
      [],
    )
  })
})
