// Workloads whose triggers are resolved while they are written, with the real kubectl.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Command } from '../support/commands.ts'
import { eventually } from '../support/eventually.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const GROUP = 'image.openshift.io/v1'
const digest = (c: string) => `sha256:${c.repeat(64)}`
const pull = (c: string) => `quay.io/acme/web@${digest(c)}`

const deployment = (name: string, tag = '1', fieldPath = 'spec.template.spec.containers[0].image') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name,
    annotations: {
      'image.openshift.io/triggers': JSON.stringify([
        { from: { kind: 'ImageStreamTag', name: `web:${tag}` }, fieldPath },
      ]),
    },
  },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image: 'web:dev' }] } },
  },
})
const IMAGE = '.spec.template.spec.containers[0].image'

inEachWorld((world) => {
  describe('a Deployment with triggers', () => {
    let server: Server
    let kubectl: Command

    before(async () => {
      server = await world.start()
      kubectl = server.kubectl
      const stream = { apiVersion: GROUP, kind: 'ImageStream', metadata: { name: 'web' } }
      await kubectl.with(JSON.stringify(stream)).run('create', '-f', '-')
      await push('1', 'a')
    })
    after(() => server?.stop())

    /** As a registry tells of a push. */
    async function push(tag: string, c: string): Promise<void> {
      const image = { metadata: { name: digest(c) }, dockerImageReference: pull(c) }
      const mapping = { kind: 'ImageStreamMapping', apiVersion: GROUP, metadata: { name: 'web' }, image, tag }
      const path = `/apis/${GROUP}/namespaces/default/imagestreammappings`
      await kubectl.with(JSON.stringify(mapping)).run('create', '--raw', path, '-f', '-')
    }
    const apply = (object: object, ...args: string[]) =>
      kubectl.with(JSON.stringify(object)).run('apply', '-f', '-', ...args)
    const peek = (name: string, path: string) => kubectl.run('get', 'deployment', name, '-o', `jsonpath={${path}}`)
    /** Waits until the controller of Deployments has done its part, then counts. */
    const replicaSets = async (name: string): Promise<number> => {
      await eventually(async () =>
        assert.equal(await peek(name, '.status.observedGeneration'), await peek(name, '.metadata.generation')),
      )
      return (await kubectl.run('get', 'replicasets', '-l', `app=${name}`, '-o', 'name')).trim().split('\n').length
    }

    test('is created with the image of its tag, and rolls out once', async () => {
      await apply(deployment('app'))
      assert.equal(await peek('app', IMAGE), pull('a'))
      assert.equal(await peek('app', '.metadata.generation'), '1')
      assert.equal(await replicaSets('app'), 1)
      assert.match(
        await kubectl.run('rollout', 'history', 'deployment/app'),
        /^1 +image stream default\/web:1 → sha256:a/m,
      )
    })

    test(
      'follows its tag by a write that admission is not asked about',
      { skip: world.lacks('sandbox') ? false : 'there are no webhooks in standalone' },
      async () => {
        await push('moving', 'a')
        await apply(deployment('mover', 'moving'))
        const reviews = async (): Promise<number> => {
          const metrics = await kubectl.run('get', '--raw', '/metrics')
          const counted =
            /^apiserver_admission_webhook_admission_duration_seconds_count\{.*name="triggers\.millrace\.dev".*\} (\d+)$/gm
          return Array.from(metrics.matchAll(counted), ([, count]) => Number(count)).reduce((a, b) => a + b, 0)
        }
        const before = await reviews()
        assert.ok(before > 0)
        await push('moving', 'd')
        await eventually(async () => assert.equal(await peek('mover', IMAGE), pull('d')))
        assert.equal(await reviews(), before)
      },
    )

    for (const [way, flags] of [
      ['on the client', []],
      ['on the server', ['--server-side', '--force-conflicts']],
    ] as const) {
      test(`does not change when its manifest is applied again ${way}`, async () => {
        await apply(deployment('app'), ...flags)
        const before = await peek('app', '.metadata.resourceVersion')
        await apply(deployment('app'), ...flags)
        assert.equal(await peek('app', '.metadata.resourceVersion'), before)
        assert.equal(await peek('app', '.metadata.generation'), '1')
        assert.equal(await peek('app', IMAGE), pull('a'))
      })
    }

    test('shows no difference in a diff, and its image in a dry run', async () => {
      const manifest = JSON.stringify(deployment('app'))
      assert.equal((await kubectl.with(manifest).try('diff', '-f', '-')).code, 0)
      const dry = ['create', '--dry-run=server', '-f', '-', '-o', `jsonpath={${IMAGE}}`]
      assert.equal(await kubectl.with(JSON.stringify(deployment('tried'))).run(...dry), pull('a'))
      assert.match((await kubectl.try('get', 'deployment', 'tried')).stderr, /NotFound/)
    })

    test('keeps its image when somebody sets another one', async () => {
      await kubectl.run('set', 'image', 'deployment/app', 'web=example.com/other:1')
      assert.equal(await peek('app', IMAGE), pull('a'))
      assert.equal(await replicaSets('app'), 1)
    })

    test('rolls out once more when the tag moves', async () => {
      await push('1', 'b')
      await eventually(async () => assert.equal(await peek('app', IMAGE), pull('b')))
      assert.equal(await replicaSets('app'), 2)
      assert.equal(await peek('app', '.metadata.generation'), '2')
    })

    test('keeps its image when its rollout is undone, and says that the tag is what to roll back', async () => {
      const { stderr, code } = await kubectl.try('rollout', 'undo', 'deployment/app')
      assert.equal(code, 0, stderr)
      const back = 'millrace rollback web:1 -n default --to-image sha256:aaaaaaaaaaaa'
      assert.match(
        stderr,
        /^Warning: image\.openshift\.io\/triggers: trigger \[0\]: container "web" keeps sha256:b{12} of/m,
      )
      assert.ok(stderr.includes(`roll the tag back ("${back}")`), stderr)
      assert.deepEqual([await peek('app', IMAGE), await peek('app', '.metadata.generation')], [pull('b'), '2'])
    })

    test('does not change when its manifest is applied again after that', async () => {
      const { stderr } = await kubectl.with(JSON.stringify(deployment('app'))).try('apply', '-f', '-')
      assert.equal(stderr, '')
      assert.deepEqual([await peek('app', IMAGE), await peek('app', '.metadata.generation')], [pull('b'), '2'])
      assert.equal((await kubectl.with(JSON.stringify(deployment('app'))).try('diff', '-f', '-')).code, 0)
    })

    test('keeps the cause of its rollout when one of its tags has moved and its manifest is applied again', async () => {
      const object = deployment('two')
      const source = (tag: string) => ({ kind: 'ImageStreamTag', name: `web:${tag}` })
      const entries = [0, 1].map((i) => ({
        from: source(`of${i}`),
        fieldPath: `spec.template.spec.containers[${i}].image`,
      }))
      object.metadata.annotations['image.openshift.io/triggers'] = JSON.stringify(entries)
      object.spec.template.spec.containers.push({ name: 'side', image: 'side:dev' })
      for (const { from } of entries) await push(from.name.slice('web:'.length), 'a')
      await apply(object)
      await push('of0', 'b')
      await eventually(async () => assert.equal(await peek('two', IMAGE), pull('b')))
      const state = async () => [await peek('two', '.metadata.generation'), await peek('two', '.metadata.annotations')]
      const before = await state()
      assert.match(before[1]!, /change-cause":"image stream default\/web:of0 → sha256:b{64} \(container web\)"/)
      assert.equal((await kubectl.with(JSON.stringify(object)).try('diff', '-f', '-')).code, 0)
      await apply(object)
      assert.deepEqual(await state(), before)
      await apply(object, '--server-side', '--force-conflicts')
      assert.deepEqual((await state())[0], before[0])
      const cause = 'kubernetes.io/change-cause=release 5'
      await kubectl.run('annotate', 'deployment', 'two', '--overwrite', cause)
      const told = await state()
      await apply(object, '--server-side', '--force-conflicts')
      assert.deepEqual(await state(), told)
    })

    test('does not change on the server either, where the image belongs to the trigger once it has moved', async () => {
      await push('applied', 'a')
      const object = deployment('applied', 'applied')
      await apply(object, '--server-side')
      await push('applied', 'b')
      await eventually(async () => assert.equal(await peek('applied', IMAGE), pull('b')))
      const { stderr } = await kubectl.with(JSON.stringify(object)).fail('apply', '-f', '-', '--server-side')
      assert.match(
        stderr,
        /conflict with "millrace-trigger".*: \.spec\.template\.spec\.containers\[name="web"\]\.image/s,
      )
      for (const flags of [['--force-conflicts'], []]) {
        await apply(object, '--server-side', ...flags)
        const now = [await peek('applied', IMAGE), await peek('applied', '.metadata.generation')]
        assert.deepEqual(now, [pull('b'), '2'])
      }
    })

    test('waits with the image that it has for a tag that comes later', async () => {
      await apply(deployment('early', '2'))
      assert.equal(await peek('early', IMAGE), 'web:dev')
      await push('2', 'c')
      await eventually(async () => assert.equal(await peek('early', IMAGE), pull('c')))
    })

    test(
      'follows its tag in kube-system as in OpenShift: the controller sets its image after each write',
      { skip: world.lacks('sandbox') ? false : 'there are no webhooks in standalone' },
      async () => {
        const object = deployment('exempt')
        const [trigger] = JSON.parse(object.metadata.annotations['image.openshift.io/triggers']) as { from: object }[]
        Object.assign(trigger!.from, { namespace: 'default' })
        object.metadata.annotations['image.openshift.io/triggers'] = JSON.stringify([trigger])
        const there = ['-n', 'kube-system']
        const look = (path: string) => kubectl.run('get', 'deploy', 'exempt', ...there, '-o', `jsonpath={${path}}`)
        for (const generation of ['2', '4']) {
          await apply(object, ...there)
          await eventually(async () => assert.equal(await look(IMAGE), pull('b')))
          assert.equal(await look('.metadata.generation'), generation)
        }
      },
    )

    test('warns who puts the annotation on the pod template, and is stored as it is', async () => {
      const { metadata, spec } = deployment('misplaced')
      Object.assign(spec.template.metadata, { annotations: metadata.annotations })
      const object = { ...deployment('misplaced'), metadata: { name: metadata.name }, spec }
      const { stderr, code } = await kubectl.with(JSON.stringify(object)).try('apply', '-f', '-')
      assert.equal(code, 0, stderr)
      const warnings = stderr.split('\n').filter((line) => line.startsWith('Warning: '))
      assert.equal(warnings.length, 1, stderr)
      assert.match(
        warnings[0]!,
        /on the pod template .*: triggers are read from the metadata of the Deployment itself$/,
      )
      assert.equal(await peek('misplaced', IMAGE), 'web:dev')
      assert.equal(
        (await kubectl.with(JSON.stringify({ ...deployment('misplaced'), spec })).try('apply', '-f', '-')).stderr,
        '',
      )
    })

    test('warns who writes it of a trigger that can never work, and is stored as it is', async () => {
      const wrong = deployment('wrong', '1', 'spec.template.spec.containers[?(@.name=="wbe")].image')
      const { stderr, code } = await kubectl.with(JSON.stringify(wrong)).try('apply', '-f', '-')
      assert.equal(code, 0)
      assert.match(stderr, /^Warning: image\.openshift\.io\/triggers: trigger \[0\]: .*did you mean.*"?web"?/m)
      assert.equal(await peek('wrong', IMAGE), 'web:dev')
    })
  })
})
