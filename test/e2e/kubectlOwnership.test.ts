// Who owns which field, as kubectl shows and uses it: managedFields, server-side apply and its conflicts, last-applied.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { needsKubectl } from '../support/kubectlVersion.ts'
import { workload } from '../support/manifests.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const IMAGE = `sha256:${'a'.repeat(64)}`

const skip = needsKubectl(26, 'turn an apply of the client into one of the server')

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  before(async () => {
    server = await world.start()
    kubectl = server.kubectl
  })
  after(() => server?.stop())

  const fed = (object: object) => kubectl.with(JSON.stringify(object))
  const apply = (object: object, ...args: string[]) => fed(object).run('apply', '-f', '-', ...args)
  const applyAs = (manager: string, object: object, ...args: string[]) =>
    fed(object).try('apply', '-f', '-', '--server-side', `--field-manager=${manager}`, ...args)
  const peek = (object: string, path: string) => kubectl.run('get', object, '-o', `jsonpath={${path}}`)

  const tag = (name: string, from: string) => ({ name, from: { kind: 'DockerImage', name: from }, reference: true })
  const stream = (name: string, spec: object, metadata: object = {}) => ({
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name, ...metadata },
    spec,
  })

  type Fields = { [element: string]: Fields }
  /** Every field that each manager of an object owns, as paths. */
  async function owners(object: string): Promise<Record<string, string[]>> {
    const text = await kubectl.run('get', object, '-o', 'json', '--show-managed-fields')
    const { metadata } = JSON.parse(text) as {
      metadata: { managedFields?: { manager: string; operation: string; subresource?: string; fieldsV1: Fields }[] }
    }
    const entries = (metadata.managedFields ?? []).map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(' '),
      paths(fieldsV1).sort(),
    ])
    return Object.fromEntries(entries) as Record<string, string[]>
  }
  const paths = (fields: Fields, prefix = ''): string[] =>
    Object.entries(fields).flatMap(([element, inner]) => {
      const path = element === '.' ? prefix : `${prefix}/${element.replace(/^f:/, '')}`
      return Object.keys(inner).length === 0 ? [path] : paths(inner, path)
    })

  describe('whoever writes a field owns it', { skip }, () => {
    test('of a stream: create, label, annotate, patch, edit, replace', async () => {
      await fed(stream('s', { tags: [tag('a', 'e.com/x:a')] })).run('create', '-f', '-')
      const created = (await owners('is/s'))['kubectl-create Update']!
      assert.ok(created.includes('/spec/tags/k:{"name":"a"}/from'), created.join(' '))
      assert.ok(!created.some((path) => path.startsWith('/status') || path.startsWith('/spec/lookupPolicy')))
      await kubectl.run('label', 'is/s', 'x=1')
      await kubectl.run('annotate', 'is/s', 'x=1')
      await kubectl.run('patch', 'is/s', '-p', JSON.stringify({ spec: { tags: [tag('a', 'e.com/x:b')] } }))
      const after = await owners('is/s')
      assert.deepEqual(after['kubectl-label Update'], ['/metadata/labels', '/metadata/labels/x'])
      assert.deepEqual(after['kubectl-annotate Update'], ['/metadata/annotations', '/metadata/annotations/x'])
      const patched = after['kubectl-patch Update']!
      assert.ok(patched.includes('/spec/tags/k:{"name":"a"}/from'), patched.join(' '))
      assert.ok(!after['kubectl-create Update']!.includes('/spec/tags/k:{"name":"a"}/from'))
      const editor = 'sed -i s,e.com/x:b,e.com/x:c,'
      await kubectl.under({ KUBE_EDITOR: editor }).run('edit', 'is/s')
      assert.ok((await owners('is/s'))['kubectl-edit Update']!.includes('/spec/tags/k:{"name":"a"}/from'))
      const { metadata } = JSON.parse(await kubectl.run('get', 'is/s', '-o', 'json')) as { metadata: object }
      await fed({ ...stream('s', { tags: [tag('a', 'e.com/x:d')] }), metadata }).run('replace', '-f', '-')
      assert.deepEqual((await owners('is/s'))['kubectl-replace Update'], ['/spec/tags/k:{"name":"a"}/from'])
    })

    test('of a status, under the name of the subresource', async () => {
      const status = { tags: [{ tag: 'a', items: [{ created: null, dockerImageReference: 'e.com/x:z', image: '' }] }] }
      await kubectl.run('patch', 'is/s', '--subresource=status', '--type=merge', '-p', JSON.stringify({ status }))
      const owned = (await owners('is/s'))['kubectl-patch Update status']!
      assert.ok(owned.length > 0 && owned.every((path) => path.startsWith('/status/')), owned.join(' '))
    })

    test('of an image', async () => {
      const image = { apiVersion: 'image.openshift.io/v1', kind: 'Image', metadata: { name: IMAGE } }
      await fed({ ...image, dockerImageReference: 'e.com/x@y' }).fail('create', '-f', '-')
      await fed({ ...image, dockerImageReference: 'e.com/x:1' }).run('create', '-f', '-')
      await kubectl.run('label', `image/${IMAGE}`, 'x=1')
      const found = await owners(`image/${IMAGE}`)
      assert.ok(found['kubectl-create Update']!.includes('/dockerImageReference'))
      assert.deepEqual(found['kubectl-label Update'], ['/metadata/labels', '/metadata/labels/x'])
    })

    // As kube-apiserver 1.32 shows it.
    test('of a workload, down to its containers, as on a cluster', async () => {
      await kubectl.run('create', 'deployment', 'd', '--image=nginx:1', '--replicas=0')
      const container = '/spec/template/spec/containers/k:{"name":"nginx"}'
      const created = (await owners('deployment/d'))['kubectl-create Update']
      assert.deepEqual(
        created,
        [
          '/metadata/labels',
          '/metadata/labels/app',
          ...['progressDeadlineSeconds', 'replicas', 'revisionHistoryLimit', 'selector'].map((name) => `/spec/${name}`),
          ...['rollingUpdate', 'rollingUpdate/maxSurge', 'rollingUpdate/maxUnavailable', 'type'].map(
            (name) => `/spec/strategy/${name}`,
          ),
          '/spec/template/metadata/labels',
          '/spec/template/metadata/labels/app',
          container,
          ...[
            'image',
            'imagePullPolicy',
            'name',
            'resources',
            'terminationMessagePath',
            'terminationMessagePolicy',
          ].map((name) => `${container}/${name}`),
          ...['dnsPolicy', 'restartPolicy', 'schedulerName', 'securityContext', 'terminationGracePeriodSeconds'].map(
            (name) => `/spec/template/spec/${name}`,
          ),
        ].sort(),
      )
      await kubectl.run('set', 'env', 'deployment/d', 'A=B')
      const env = `${container}/env`
      assert.deepEqual(
        (await owners('deployment/d'))['kubectl-set Update'],
        [env, `${env}/k:{"name":"A"}`, `${env}/k:{"name":"A"}/name`, `${env}/k:{"name":"A"}/value`].sort(),
      )
      await kubectl.run('patch', 'deployment/d', '--subresource=scale', '--type=merge', '-p', '{"spec":{"replicas":1}}')
      const scaled = await owners('deployment/d')
      assert.deepEqual(scaled['kubectl-patch Update scale'], ['/spec/replicas'])
      assert.ok(!scaled['kubectl-create Update']!.includes('/spec/replicas'))
    })

    test('and all of it is forgotten when somebody asks for that', async () => {
      await kubectl.run('patch', 'is/s', '--type=merge', '-p', '{"metadata":{"managedFields":[{}]}}')
      assert.deepEqual(await owners('is/s'), {})
    })
  })

  describe('server-side apply', { skip }, () => {
    const one = stream('shared', { lookupPolicy: { local: true }, tags: [tag('1', 'e.com/x:1')] })
    const two = stream('shared', {
      lookupPolicy: { local: false },
      tags: [tag('1', 'e.com/y:1'), tag('2', 'e.com/x:2')],
    })

    test('refuses what another manager owns, naming each field, and changes nothing', async () => {
      assert.match(
        (await applyAs('one', one)).stdout,
        /^imagestream\.image\.openshift\.io\/shared serverside-applied$/m,
      )
      const { code, stderr } = await applyAs('two', two)
      assert.equal(code, 1)
      assert.match(
        stderr,
        /^error: Apply failed with 2 conflicts: conflicts with "one":\n- \.spec\.lookupPolicy\.local\n- \.spec\.tags\[name="1"\]\.from\n/,
      )
      assert.equal(await peek('is/shared', '.spec.tags[*].from.name'), 'e.com/x:1')
    })

    test('takes it when it is forced', async () => {
      assert.equal((await applyAs('two', two, '--force-conflicts')).code, 0)
      assert.equal(await peek('is/shared', '.spec.tags[*].from.name'), 'e.com/y:1 e.com/x:2')
      const found = await owners('is/shared')
      assert.deepEqual(
        found['one Apply'],
        ['', '/name', '/reference'].map((rest) => `/spec/tags/k:{"name":"1"}${rest}`),
      )
      assert.match((await applyAs('one', one)).stderr, /^error: Apply failed with 2 conflicts: conflicts with "two":\n/)
    })

    test('takes out what its manager names no longer, unless another owns it, too', async () => {
      assert.equal((await applyAs('two', stream('shared', {}))).code, 0)
      assert.equal(await peek('is/shared', '.spec.tags[*].name'), '1')
      assert.equal((await applyAs('one', stream('shared', {}))).code, 0)
      assert.equal(await peek('is/shared', '.spec.tags[*].name'), '')
    })

    test('refuses fields that are not there, and two items of one name', async () => {
      const misspelt = stream('shared', { tags: [{ name: '1', form: {} }] })
      assert.match((await applyAs('one', misspelt)).stderr, /\.spec\.tags\[0\]\.form: field not declared in schema/)
      const twice = stream('shared', { tags: [tag('1', 'e.com/x:1'), tag('1', 'e.com/x:2')] })
      assert.match((await applyAs('one', twice)).stderr, /\.spec\.tags: duplicate entries for key \[name="1"\]/)
    })

    test('of an image and of a workload guards them in the same way', async () => {
      const image = (to: string) => ({
        apiVersion: 'image.openshift.io/v1',
        kind: 'Image',
        metadata: { name: `sha256:${'b'.repeat(64)}`, labels: { to } },
        dockerImageReference: 'e.com/x:1',
      })
      assert.equal((await applyAs('one', image('a'))).code, 0)
      assert.match((await applyAs('two', image('b'))).stderr, /conflict with "one": \.metadata\.labels\.to$/m)
      const deployment = (to: string) => workload('shared', { image: to, replicas: 0 })
      assert.equal((await applyAs('one', deployment('e.com/x:1'))).code, 0)
      const { stderr } = await applyAs('two', deployment('e.com/x:2'))
      assert.match(stderr, /conflict with "one": \.spec\.template\.spec\.containers\[name="shared"\]\.image$/m)
    })

    test('of a tag needs no force: a tag is a view of its stream, and nobody owns its fields', async () => {
      const istag = (from: string) => ({
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStreamTag',
        metadata: { name: 'shared:v' },
        tag: tag('v', from),
      })
      for (const from of ['e.com/x:1', 'e.com/x:2']) {
        for (const manager of ['one', 'two']) assert.equal((await applyAs(manager, istag(from))).code, 0)
        assert.equal(await peek('is/shared', '.spec.tags[?(@.name=="v")].from.name'), from)
      }
    })
  })

  describe('an apply of the client', { skip }, () => {
    const kept = stream('kept', { tags: [tag('a', 'e.com/x:a'), tag('b', 'e.com/x:b')] }, { labels: { team: 'wheel' } })
    const less = stream('kept', { tags: [tag('b', 'e.com/x:b')] }, { labels: { team: 'wheel' } })

    test('leaves behind what was applied last', async () => {
      await apply(kept)
      const last = JSON.parse(await kubectl.run('apply', 'view-last-applied', 'is/kept', '-o', 'json')) as object
      assert.deepEqual(last, {
        ...kept,
        metadata: { ...kept.metadata, annotations: {}, namespace: 'default' },
      })
      const annotation = '/metadata/annotations/kubectl.kubernetes.io/last-applied-configuration'
      assert.ok((await owners('is/kept'))['kubectl-client-side-apply Update']!.includes(annotation))
    })

    test('is taken over by an apply of the server, which can then take out what is named no longer', async () => {
      await apply(kept, '--server-side')
      assert.deepEqual(Object.keys(await owners('is/kept')).sort(), ['kubectl Apply', 'kubectl-last-applied Apply'])
      await apply(less, '--server-side')
      assert.equal(await peek('is/kept', '.spec.tags[*].name'), 'b')
      const last = JSON.parse(await kubectl.run('apply', 'view-last-applied', 'is/kept', '-o', 'json')) as object
      assert.deepEqual(last, { ...less, metadata: { ...less.metadata, namespace: 'default' } })
    })
  })
})
