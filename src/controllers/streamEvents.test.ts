import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FakeClient } from '../../test/support/fakeClient.ts'
import type { ImageStream } from '../core/image/types.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { importRecorder } from './importRecorder.ts'
import { annotationTeller, tellNews } from './streamEvents.ts'

type Event = KubeObject & {
  type: string
  reason: string
  message: string
  count: number
  involvedObject: { kind: string; name: string }
}

const EVENT = {
  created: '2026-01-01T00:00:00Z',
  dockerImageReference: 'q.io/a@sha256:1',
  image: 'sha256:1',
  generation: 1,
}
const stream = (reason?: string, refresh?: string): ImageStream => {
  const condition = {
    type: 'ImportSuccess',
    status: 'False',
    lastTransitionTime: EVENT.created,
    reason,
    message: 'why',
  }
  const tag = { name: '1', from: { kind: 'DockerImage', name: 'q.io/a:1' }, importPolicy: { scheduled: true } }
  return {
    metadata: {
      name: 's',
      namespace: 'p',
      uid: 'u',
      ...(refresh && { annotations: { 'millrace.dev/refresh': refresh } }),
    },
    spec: { tags: [tag] },
    status: { tags: [{ tag: '1', items: [EVENT], ...(reason && { conditions: [condition] }) }] },
  } as unknown as ImageStream
}

function recording() {
  const client = new FakeClient()
  const recorder = importRecorder({ client, log: silent, signal: new AbortController().signal })
  const told = async () => {
    await recorder.flushed()
    const events = client.all('events') as Event[]
    return events.map(({ type, reason, message, count, involvedObject: { kind, name } }) =>
      [type, kind, name, reason, message, count].join(' '),
    )
  }
  return { recorder, told }
}

test('a failure is told at the stream when it begins and when it ends, not at each try', async () => {
  const { recorder, told } = recording()
  tellNews(recorder, stream(), stream('DNS'))
  tellNews(recorder, stream('DNS'), stream('DNS'))
  tellNews(recorder, stream('DNS'), stream())
  assert.deepEqual(await told(), [
    'Warning ImageStream s DNS import of tag 1 failed: why 1',
    'Normal ImageStream s ImportRecovered import of tag 1 works again 1',
  ])
})

test('a freshness that cannot be is told once for each change of it', async () => {
  const { recorder, told } = recording()
  const tell = annotationTeller(recorder)
  const changes = [
    stream(undefined, 'soon'),
    stream('DNS', 'soon'),
    stream(undefined, 'later'),
    stream(undefined, '1m'),
  ]
  for (const [i, object] of changes.entries()) {
    const old = changes[i - 1]
    tell(old ? { type: 'updated', object, old } : { type: 'added', object })
  }
  tell({ type: 'deleted', object: stream(undefined, 'soon') })
  const text = (wrong: string) =>
    `Warning ImageStream s RefreshInvalid the annotation millrace.dev/refresh is "${wrong}": it must be a duration from 5s to 168h, such as 30s or 10m 1`
  assert.deepEqual(await told(), [text('soon'), text('later')])
})

test('what belongs to a policy that is missing is told, too', async () => {
  const { recorder, told } = recording()
  const object = stream()
  object.spec.tags![0]!.annotations = { 'millrace.dev/min-age': '24h' }
  const tell = annotationTeller(recorder)
  tell({ type: 'added', object })
  tell({ type: 'updated', object: structuredClone(object), old: object })
  assert.deepEqual(await told(), [
    'Warning ImageStream s PolicyMissing tag 1: the annotation millrace.dev/min-age counts for nothing without millrace.dev/policy: add that, or remove what is there 1',
  ])
})
