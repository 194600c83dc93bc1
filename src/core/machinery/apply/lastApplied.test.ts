import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decode } from '../decode/decode.ts'
import { apply } from './apply.ts'
import { config, Thing } from './apply.fixture.ts'
import { trackUpdate } from './track.ts'

const ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
const API = 'example.com/v1'
const NOW = '2024-01-01T00:00:00Z'

/** A thing as kubectl's client-side apply leaves it; `annotation` is what it says of itself. */
function clientSide(spec: object, annotation: string = JSON.stringify(config(spec))): Thing {
  const { object } = decode(Thing, config(spec, { annotations: { [ANNOTATION]: annotation } }))
  const writer = { manager: 'kubectl-client-side-apply', apiVersion: API, now: NOW }
  return { ...object, metadata: { ...object.metadata, managedFields: trackUpdate(Thing, undefined, object, writer)! } }
}

const by = (manager: string, live: Thing, wanted: unknown): Thing =>
  decode(Thing, apply(Thing, live, wanted, { manager, apiVersion: API, now: NOW, force: false })).object

test('kubectl takes over what it applied itself, and notes what it applies', () => {
  const next = by('kubectl', clientSide({ replicas: 1 }), config({ replicas: 2 }))
  assert.equal(next.spec.replicas, 2)
  assert.deepEqual(JSON.parse(next.metadata.annotations?.[ANNOTATION] ?? ''), config({ replicas: 2 }))
})

test('others do not, and nor does kubectl where a field has changed since', () => {
  const live = clientSide({ replicas: 1 })
  assert.throws(() => by('other', live, config({ replicas: 2 })), { code: 409 })
  const changed = { ...live, spec: { ...live.spec, replicas: 5 } }
  assert.throws(() => by('kubectl', changed, config({ replicas: 2 })), { code: 409 })
})

test('an annotation of anything else helps nobody', () => {
  for (const annotation of ['', '{', '[]', '{"apiVersion":"v2"}', '{"apiVersion":"example.com/v1","spec":1}']) {
    assert.throws(() => by('kubectl', clientSide({ replicas: 1 }, annotation), config({ replicas: 2 })), { code: 409 })
  }
})

test('an annotation that would fill all the room is emptied', () => {
  const live = clientSide({ replicas: 1 })
  assert.equal(by('kubectl', live, config({ args: ['x'.repeat(250_000)] })).metadata.annotations?.[ANNOTATION], '')
})

test('without the annotation none is written', () => {
  const { object } = decode(Thing, config({ replicas: 1 }))
  assert.equal(by('kubectl', object, config({ replicas: 1 })).metadata.annotations, undefined)
})
