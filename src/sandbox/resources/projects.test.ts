// Projects as a view of namespaces, through the API server's own machinery.
import assert from 'node:assert/strict'
import { before, describe, test } from 'node:test'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Context, Endpoint, Resource } from '../../core/machinery/resource.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Namespace } from '../types/core.ts'
import type { Project } from '../types/project.ts'
import { projectResources } from './projects.ts'

let client: ObjectClient
before(async () => {
  client = (await startInProcess()).client
})

const projects = { group: 'project.openshift.io', version: 'v1', plural: 'projects' }
const requests = { ...projects, plural: 'projectrequests' }
const namespaces = { group: '', version: 'v1', plural: 'namespaces' }
const DISPLAY_NAME = 'openshift.io/display-name'

const create = (name: string, annotations: Record<string, string> = {}) =>
  client.create<Project>({ resource: projects }, { metadata: { name, annotations } })
const request = (name: string, more: object = {}) =>
  client.create<Project>({ resource: requests }, { metadata: { name }, ...more })
const namespace = (name: string) => client.get<Namespace>({ resource: namespaces, name })
const failure = async (work: Promise<unknown>): Promise<[number, string]> => {
  const error: unknown = await work.then(
    () => assert.fail('nothing failed'),
    (e: unknown) => e,
  )
  assert.ok(error instanceof ApiError, String(error))
  return [error.code, error.message]
}

describe('a project', () => {
  test('is a namespace, whichever of them was made', async () => {
    const made = await create('made', { [DISPLAY_NAME]: 'Made' })
    assert.deepEqual([made.kind, made.apiVersion], ['Project', 'project.openshift.io/v1'])
    const { metadata, spec, status } = await namespace('made')
    assert.deepEqual([metadata, spec, status], [made.metadata, made.spec, made.status])
    assert.deepEqual(spec.finalizers, ['openshift.io/origin', 'kubernetes'])
    await client.create({ resource: namespaces }, { metadata: { name: 'plain' } })
    const seen = await client.get<Project>({ resource: projects, name: 'plain' })
    assert.deepEqual([seen.kind, seen.status.phase], ['Project', 'Active'])
    const { items } = await client.list({ resource: projects }, { fieldSelector: 'metadata.name=plain' })
    assert.deepEqual(
      items.map((item) => item.metadata.uid),
      [seen.metadata.uid],
    )
  })

  test('is watched as its namespace changes', async () => {
    const { resourceVersion } = (await client.list({ resource: projects })).metadata
    const stop = new AbortController()
    const options = { resourceVersion: resourceVersion!, fieldSelector: 'metadata.name=seen', signal: stop.signal }
    const events = client.watch<Project>({ resource: projects }, options)[Symbol.asyncIterator]()
    await client.create({ resource: namespaces }, { metadata: { name: 'seen' } })
    await client.patch({ resource: namespaces, name: 'seen' }, 'merge', { metadata: { labels: { a: 'b' } } })
    const types = [await events.next(), await events.next()].map(
      ({ value }) => value as { type: string; object: Project },
    )
    assert.deepEqual(
      types.map(({ type, object }) => [type, object.metadata.labels?.['a'], 'finalizers' in object.metadata]),
      [
        ['ADDED', undefined, false],
        ['MODIFIED', 'b', false],
      ],
    )
    stop.abort()
    await events.return?.()
  })

  test('lets its texts for people be changed, and nothing else', async () => {
    assert.deepEqual((await create('texts')).metadata.annotations, { [DISPLAY_NAME]: '' })
    const patch = (metadata: object) =>
      client.patch<Project>({ resource: projects, name: 'texts' }, 'merge', { metadata })
    await patch({ annotations: { [DISPLAY_NAME]: 'Texts', 'openshift.io/description': 'words' } })
    const { annotations } = (await namespace('texts')).metadata
    assert.deepEqual(annotations, { [DISPLAY_NAME]: 'Texts', 'openshift.io/description': 'words' })
    const fixed = 'field is immutable, try updating the namespace'
    const refused: [object, string][] = [
      [{ annotations: { a: 'b' } }, `metadata.annotations[a]: Invalid value: "b": ${fixed}`],
      [{ labels: { a: 'b' } }, `metadata.labels[a]: Invalid value: "b": ${fixed}`],
      [
        { labels: { 'kubernetes.io/metadata.name': null } },
        `metadata.labels[kubernetes.io/metadata.name]: Invalid value: "texts": ${fixed}`,
      ],
      [
        { annotations: { [DISPLAY_NAME]: 'a\nb' } },
        `metadata.annotations[${DISPLAY_NAME}]: Invalid value: "a\\nb": may not contain a new line or tab`,
      ],
    ]
    for (const [metadata, why] of refused) {
      assert.deepEqual(await failure(patch(metadata)), [422, `Project.project.openshift.io "texts" is invalid: ${why}`])
    }
    assert.deepEqual((await namespace('texts')).metadata.annotations, annotations)
  })

  test('is deleted with its namespace, unless the cluster needs it', async () => {
    await create('going')
    const answer = await client.delete({ resource: projects, name: 'going' })
    assert.deepEqual(answer, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
    assert.equal((await client.get<Project>({ resource: projects, name: 'going' })).status.phase, 'Terminating')
    assert.deepEqual(await failure(client.delete({ resource: projects, name: 'default' })), [
      403,
      'namespaces "default" is forbidden: this namespace may not be deleted',
    ])
    assert.deepEqual(await failure(client.delete({ resource: projects, name: 'nosuch' })), [
      404,
      'namespaces "nosuch" not found',
    ])
  })

  test('has a name of two characters at least, and a node selector that can be read', async () => {
    const short =
      'Project.project.openshift.io "x" is invalid: metadata.name: Invalid value: "x": must be at least 2 characters long'
    assert.deepEqual(await failure(create('x')), [422, short])
    const [code, text] = await failure(create('nodes', { 'openshift.io/node-selector': 'a in (' }))
    assert.equal(code, 422)
    assert.match(text, /nodeSelector: Invalid value: "a in \(": must be a valid label selector$/)
    await create('nodes', { 'openshift.io/node-selector': 'a in (b)' })
  })
})

describe('a request for a project', () => {
  test('makes a namespace that says who asked, and answers the project', async () => {
    const made = await request('asked', { displayName: 'Asked', description: 'for' })
    assert.deepEqual([made.kind, made.apiVersion], ['Project', 'project.openshift.io/v1'])
    assert.deepEqual((await namespace('asked')).metadata.annotations, {
      [DISPLAY_NAME]: 'Asked',
      'openshift.io/description': 'for',
      'openshift.io/requester': 'system:millrace',
    })
  })

  test('is refused for names that are taken, reserved or none', async () => {
    await request('taken')
    const cases: [string, number, RegExp][] = [
      ['taken', 409, /^project\.project\.openshift\.io "taken" already exists$/],
      ['openshift', 403, /^project.* "openshift" is forbidden: cannot request a project with the name "openshift"$/],
      ['kube-mine', 403, / is forbidden: cannot request a project starting with "kube-"$/],
      ['Upper', 422, /^ProjectRequest\.project\.openshift\.io "Upper" is invalid: metadata\.name: .* RFC 1123 label/],
      ['x', 422, /must be at least 2 characters long/],
    ]
    for (const [name, code, message] of cases) {
      const [found, text] = await failure(request(name))
      assert.equal(found, code, text)
      assert.match(text, message)
    }
    await request('kubernetic')
  })

  test('is announced by a list that says whether the caller may', async () => {
    const [, resource] = projectResources({ endpoint: {} } as Resource<Namespace>)
    const list = (allowed: boolean) => {
      const { endpoint } = resource as Resource & { endpoint: Endpoint }
      return endpoint.list!({ authorize: () => Promise.resolve({ allowed }) } as unknown as Context, {})
    }
    assert.deepEqual(await list(true), { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' })
    assert.deepEqual(await failure(list(false)), [403, 'You may not request a new project via this API.'])
  })
})

test('the caller is the user ~, and no other user is known', async () => {
  const users = { group: 'user.openshift.io', version: 'v1', plural: 'users' }
  const me = await client.get<KubeObject & { groups: string[] }>({ resource: users, name: '~' })
  assert.deepEqual([me.metadata.name, me.groups], ['system:millrace', ['system:authenticated', 'system:masters']])
  assert.deepEqual(await failure(client.get({ resource: users, name: 'other' })), [
    404,
    'users.user.openshift.io "other" not found',
  ])
  const reviews = { group: 'authentication.k8s.io', version: 'v1', plural: 'selfsubjectreviews' }
  const review = await client.create<KubeObject & { status: object }>({ resource: reviews }, { metadata: {} })
  assert.deepEqual(review.status, {
    userInfo: { username: 'system:millrace', groups: ['system:masters', 'system:authenticated'] },
  })
})
