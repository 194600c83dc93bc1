import assert from 'node:assert/strict'
import { test } from 'node:test'
import { field, list, object, opt, str } from '../schema.ts'
import { Definitions, type OpenApiVersion } from './schemas.ts'

const Wheel = object('test.Wheel', 'A wheel.', { size: opt(str('Its size.')) })
const Mill = object('test.Mill', 'A mill.', {
  first: field(Wheel, 'The wheel that turns first.'),
  second: field(Wheel, 'The wheel that turns second.'),
  plain: Wheel,
  spare: opt(list(Wheel, 'Wheels that do not turn.')),
})

interface Described {
  description?: string
  properties: Record<string, { description?: string; items?: Described }>
}

for (const version of ['v2', 'v3'] satisfies OpenApiVersion[]) {
  test(`${version}: a type says what it is, a property what it is there for, items say nothing`, () => {
    const definitions = new Definitions(version)
    definitions.reference(Mill)
    const { 'test.Wheel': wheel, 'test.Mill': mill } = definitions.toJSON() as Record<string, Described>
    assert.equal(wheel?.description, 'A wheel.')
    const { first, second, plain, spare } = mill!.properties
    assert.deepEqual(
      [first, second, plain, spare, spare?.items].map((part) => part?.description),
      [
        'The wheel that turns first.',
        'The wheel that turns second.',
        'A wheel.',
        'Wheels that do not turn.',
        undefined,
      ],
    )
  })
}
