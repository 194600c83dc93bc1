// LimitRanges for image streams, with the real kubectl.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']

  before(async () => {
    server = await world.start()
    kubectl = server.kubectl
  })
  after(() => server?.stop())

  const range = (max: Record<string, string>) => ({
    apiVersion: 'v1',
    kind: 'LimitRange',
    metadata: { name: 'streams' },
    spec: { limits: [{ type: 'openshift.io/ImageStream', max }] },
  })
  const stream = (...tags: string[]) => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: 's' },
    spec: {
      tags: tags.map((name) => ({ name, reference: true, from: { kind: 'DockerImage', name: `q.io/a/b:${name}` } })),
    },
  })
  const apply = (object: object) => kubectl.with(JSON.stringify(object))

  test('a LimitRange is applied, shown and described', async () => {
    await apply(range({ 'openshift.io/image-tags': '2000m' })).run('apply', '-f', '-')
    assert.match(await kubectl.run('get', 'limits'), /^NAME +CREATED AT\nstreams +\d{4}-/)
    assert.match(
      await kubectl.run('describe', 'limits', 'streams'),
      /openshift\.io\/ImageStream +openshift\.io\/image-tags +- +2 /,
    )
    assert.match(await kubectl.run('explain', 'limits.spec.limits.max'), /map\[string\]/)
  })

  test('a stream grows up to the limit, and no further', async () => {
    await apply(stream('one', 'two')).run('apply', '-f', '-')
    const refused = await apply(stream('one', 'two', 'three')).fail('apply', '-f', '-')
    assert.match(
      refused.stderr,
      /openshift\.io\/image-tags exceeds the maximum limit per openshift\.io\/ImageStream \(3 > 2\)/,
    )
    const dry = await apply(stream('one', 'two', 'three')).fail('apply', '-f', '-', '--dry-run=server')
    assert.match(dry.stderr, /exceeds the maximum limit/)
    assert.equal(await kubectl.run('get', 'is/s', '-o', 'jsonpath={.spec.tags[*].name}'), 'one two')
  })

  test('a lower limit leaves what is there, which can still change', async () => {
    await apply(range({ 'openshift.io/image-tags': '1' })).run('apply', '-f', '-')
    await kubectl.run('label', 'is/s', 'still=editable')
    await apply(stream('one')).run('apply', '-f', '-')
    await kubectl.run('delete', 'limits', 'streams')
    await apply(stream('one', 'two', 'three')).run('apply', '-f', '-')
    assert.equal(await kubectl.run('get', 'is/s', '-o', 'jsonpath={.spec.tags[*].name}'), 'one three two')
  })
})
