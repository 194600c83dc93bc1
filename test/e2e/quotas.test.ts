// ResourceQuotas for image streams, with the real kubectl.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { isReason } from '../../src/core/machinery/status.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { loadAccess } from '../../src/kube/kubeconfig.ts'
import { eventually } from '../support/eventually.ts'
import { COUNT, STREAMS } from '../support/quotas.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

inEachWorld((world) => {
  let server: Server
  let registry: TestRegistry
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']

  const stream = (name: string) =>
    kubectl.with(JSON.stringify({ apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', metadata: { name } }))
  const create = (name: string, ...args: string[]) => stream(name).run('create', '-f', '-', ...args)
  // Who counts may have to become the leader first: a cluster waits 15 seconds for one that was killed.
  const isUsed = (used: string) =>
    eventually(
      async () => {
        const path = `jsonpath={.status.used.openshift\\.io/imagestreams}`
        assert.equal(await kubectl.run('get', 'quota', 'streams', '-o', path), used)
      },
      { timeout: 30_000 },
    )
  const setHard = (hard: Record<string, string>) =>
    kubectl.run('patch', 'quota', 'streams', '--type=merge', '-p', JSON.stringify({ spec: { hard } }))
  const exceeded = (resource: string, name: string, used = '1') =>
    `${resource}.image.openshift.io "${name}" is forbidden: exceeded quota: streams, requested: ${STREAMS}=1, used: ${STREAMS}=${used}, limited: ${STREAMS}=${used}`

  describe('quotas', () => {
    before(async () => {
      ;[registry, server] = await Promise.all([startRegistry(), world.start()])
      ;({ kubectl, millrace } = server)
      await pushImage(registry.host, 'app', '1', {})
    })
    after(() => Promise.all([registry?.stop(), server?.stop()]))

    test('a quota is created, shown, described and explained', async () => {
      await create('first')
      await kubectl.run('create', 'quota', 'streams', `--hard=${STREAMS}=1,count/secrets=2,limits.cpu=4`)
      await isUsed('1')
      assert.match(
        await kubectl.run('get', 'quota'),
        /^NAME +REQUEST +LIMIT +AGE\nstreams +count\/secrets: 0\/2, openshift\.io\/imagestreams: 1\/1 +limits\.cpu: 0\/4 +\d+s/,
      )
      const described = await kubectl.run('describe', 'quota', 'streams')
      assert.match(described, /^Resource +Used +Hard$/m)
      assert.match(described, /^openshift\.io\/imagestreams +1 +1$/m)
      assert.match(await kubectl.run('describe', 'namespace', 'default'), /^ +openshift\.io\/imagestreams +1 +1$/m)
      assert.match(await kubectl.run('explain', 'quota.spec.hard'), /map\[string\]/)
      const { stderr } = await kubectl.fail('create', 'quota', 'wrong', '--hard=foo=1,pods=1500m')
      assert.match(stderr, /spec\.hard\[foo\]: Invalid value: "foo": must be a standard resource for quota/)
      assert.match(stderr, /spec\.hard\[pods\]: Invalid value: "1500m": must be an integer/)
    })

    test('a second stream is refused by every command that would make it, and the first goes on', async () => {
      const one = exceeded('imagestreams', 'second')
      assert.ok((await stream('second').fail('create', '-f', '-')).stderr.includes(one))
      assert.ok((await stream('second').fail('create', '-f', '-', '--dry-run=server')).stderr.includes(one))
      assert.ok((await stream('second').fail('apply', '-f', '-', '--server-side')).stderr.includes(one))
      const source = ['--source=docker', '--reference', 'quay.io/acme/app:1']
      assert.ok((await millrace.fail('tag', ...source, 'second:1')).stderr.includes(one))
      const importing = ['import-image', 'second:1', '--from', `${registry.host}/app:1`, '--confirm', '--insecure']
      assert.ok((await millrace.fail(...importing)).stderr.includes(exceeded('imagestreamimports', 'second')))
      const istag = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStreamTag',
        metadata: { name: 'second:1' },
        tag: { reference: true, from: { kind: 'DockerImage', name: 'quay.io/acme/app:1' } },
      }
      const tagged = await kubectl.with(JSON.stringify(istag)).fail('create', '-f', '-')
      assert.ok(tagged.stderr.includes(exceeded('imagestreamtags', 'second:1')))
      await millrace.run('tag', ...source, 'first:1')
      assert.match((await stream('first').fail('create', '-f', '-')).stderr, /"first" already exists/)
      assert.equal(await kubectl.run('get', 'is', '-o', 'name'), 'imagestream.image.openshift.io/first\n')
      await isUsed('1')
    })

    test('an import that only looks is never too much', async () => {
      const looking = [
        'import-image',
        'second:1',
        '--from',
        `${registry.host}/app:1`,
        '--confirm',
        '--insecure',
        '--dry-run',
      ]
      assert.match(await millrace.run(...looking), /second imported \(dry run\)/)
      await isUsed('1')
    })

    test('a stream that is deleted makes room for another, and a higher limit for an import', async () => {
      await kubectl.run('delete', 'is', 'first')
      await isUsed('0')
      await create('second')
      await setHard({ [STREAMS]: '2', [COUNT]: '2' })
      const path = `jsonpath={.status.used.count/imagestreams\\.image\\.openshift\\.io}`
      await eventually(async () => assert.equal(await kubectl.run('get', 'quota', 'streams', '-o', path), '1'))
      const importing = ['import-image', 'third:1', '--from', `${registry.host}/app:1`, '--confirm', '--insecure']
      assert.match(await millrace.run(...importing), /third imported/)
      await isUsed('2')
      const { stderr } = await stream('fourth').fail('create', '-f', '-')
      assert.ok(
        stderr.includes(
          `exceeded quota: streams, requested: ${COUNT}=1,${STREAMS}=1, used: ${COUNT}=2,${STREAMS}=2, limited: ${COUNT}=2,${STREAMS}=2`,
        ),
      )
    })

    test('of many clients at the same time one gets the last place', async () => {
      await setHard({ [STREAMS]: '3', [COUNT]: '9' })
      await eventually(async () => {
        const path = 'jsonpath={.status.hard.openshift\\.io/imagestreams}'
        assert.equal(await kubectl.run('get', 'quota', 'streams', '-o', path), '3')
      })
      const client: ObjectClient & { close(): Promise<void> } = new KubeClient(
        loadAccess({ kubeconfig: server.kubeconfig, env: {} }),
      )
      const target = {
        resource: { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' },
        namespace: 'default',
      }
      const answers = await Promise.allSettled(
        Array.from({ length: 30 }, (_, i) => {
          const type = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream' }
          return client.create(target, { ...type, metadata: { name: `many${i}` } })
        }),
      )
      await client.close()
      const refused = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason as unknown] : []))
      assert.equal(refused.length, 29)
      for (const error of refused) assert.ok(isReason(error, 'Forbidden'), String(error))
      await isUsed('3')
    })

    test('a quota outlives the server, however that ends, and goes on counting', async () => {
      await server.restart('SIGKILL')
      assert.match((await stream('late').fail('create', '-f', '-')).stderr, /exceeded quota: streams/)
      await kubectl.run('delete', 'is', '--all')
      await isUsed('0')
      await create('late')
      await kubectl.run('delete', 'quota', 'streams')
      await create('later')
    })
  })
})
