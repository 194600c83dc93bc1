import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import type { ImageStream, ImageStreamImport } from '../../core/image/types.ts'
import { silent } from '../../core/machinery/log.ts'
import { conflict, MODIFIED } from '../../core/machinery/status.ts'
import { importsPushed } from './pushed.ts'

const push = (repository: string) => ({ host: 'r.test', repository, tags: ['v1'] })

function world(t: TestContext) {
  const client = new FakeClient()
  const stop = new AbortController()
  t.after(() => stop.abort())
  const answers = [] as (() => void)[]
  client.virtual.set('imagestreamimports', (object) => {
    answers.shift()?.()
    return object
  })
  for (const name of ['a', 'b', 'c'])
    client.put('imagestreams', {
      metadata: { name, namespace: 'ns', annotations: { 'openshift.io/image.dockerRepositoryCheck': 'now' } },
      spec: {
        lookupPolicy: { local: false },
        tags: ['v1', 'v2'].map((tag) => ({
          name: tag,
          annotations: null,
          from: { kind: 'DockerImage', name: `r.test/${name === 'c' ? 'a' : name}:${tag}` },
          generation: 1,
          importPolicy: { scheduled: true },
          referencePolicy: { type: 'Source' },
        })),
      },
      status: {
        dockerImageRepository: '',
        tags: ['v1', 'v2'].map((tag) => ({
          tag,
          items: [{ created: null, dockerImageReference: 'x', image: 'sha256:x', generation: 1 }],
        })),
      },
    } as ImageStream)
  const asked = () =>
    client.made('create', 'imagestreamimports').map(({ body }) => {
      const { metadata, spec } = body as ImageStreamImport
      return `${metadata.name}: ${spec.images?.map(({ to }) => to?.name).join(' ')}`
    })
  return { client, answers, asked, told: importsPushed({ client, log: silent, signal: stop.signal }) }
}

test('what is tracked of a push is imported, for all streams that follow it, and nothing else', async (t) => {
  const { told, asked } = world(t)
  assert.equal(await told([push('a')]), 1)
  await eventually(() => assert.deepEqual(asked().toSorted(), ['a: v1', 'c: v1']))
  assert.equal(await told([push('other')]), 0)
})

test('news that comes while streams are looked through is looked at together', async (t) => {
  const { told, client } = world(t)
  const counts = await Promise.all([push('a'), push('b'), push('other'), push('b')].map((each) => told([each])))
  assert.ok(client.made('list', 'imagestreams').length <= 2)
  assert.equal(Math.max(...counts), 2)
})

test('a stream that is changed meanwhile is imported as it is by then', async (t) => {
  const { told, asked, answers } = world(t)
  answers.push(() => {
    throw conflict({ group: 'image.openshift.io', plural: 'imagestreamimports' }, 'b', MODIFIED)
  })
  assert.equal(await told([push('b')]), 1)
  await eventually(() => assert.deepEqual(asked(), ['b: v1', 'b: v1']))
})
