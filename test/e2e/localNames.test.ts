// Workloads that name a stream of their namespace, with the real kubectl.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { workload } from '../support/manifests.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const GROUP = 'image.openshift.io/v1'
const DIGEST = `sha256:${'a'.repeat(64)}`
const IMAGE = `quay.io/acme/ruby@${DIGEST}`
const FORCE = { 'alpha.image.policy.openshift.io/resolve-names': '*' }

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']

  before(async () => {
    server = await world.start()
    kubectl = server.kubectl
    await createStream('ruby', { local: true })
    await createStream('quiet', { local: false })
    await createStream('upstream', { local: true, repository: 'quay.io/acme/upstream' })
  })
  after(() => server?.stop())

  /** A stream with the image under the tag 2.7, as a registry tells of a push. */
  async function createStream(name: string, { local, repository }: { local: boolean; repository?: string }) {
    const spec = { lookupPolicy: { local }, ...(repository && { dockerImageRepository: repository }) }
    await create({ apiVersion: GROUP, kind: 'ImageStream', metadata: { name }, spec })
    const image = { metadata: { name: DIGEST }, dockerImageReference: IMAGE }
    const mapping = { kind: 'ImageStreamMapping', apiVersion: GROUP, metadata: { name }, image, tag: '2.7' }
    const path = `/apis/${GROUP}/namespaces/default/imagestreammappings`
    const answer = await server.call('POST', path, mapping)
    assert.equal(answer.status, 201, answer.text)
  }

  const create = (object: object) => kubectl.with(JSON.stringify(object)).run('create', '-f', '-')
  const apply = (object: object, ...args: string[]) =>
    kubectl.with(JSON.stringify(object)).run('apply', '-f', '-', ...args)
  const peek = (object: string, path: string) => kubectl.run('get', object, '-o', `jsonpath={${path}}`)
  const IMAGES = '.spec.template.spec.containers[*].image'
  /** What tells whether anything was written. */
  const version = (object: string) => peek(object, '.metadata.resourceVersion')

  const pod = (name: string, image: string, metadata: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'main', image }] },
  })

  describe('a pod', () => {
    const cases: [what: string, image: string, expected: string, metadata?: object][] = [
      ['that names a stream gets its image', 'ruby:2.7', IMAGE],
      ['that names a stream of another policy is left alone', 'quiet:2.7', 'quiet:2.7'],
      ['that names a tag that is not there yet waits for the own repository', 'upstream:3', 'quay.io/acme/upstream:3'],
      ['that names no stream is left alone', 'perl:5', 'perl:5'],
      ['with a whole pull spec is left alone', 'docker.io/library/ruby:2.7', 'docker.io/library/ruby:2.7'],
      ['that wants its names resolved gets its image', 'docker.io/library/quiet:2.7', IMAGE, { annotations: FORCE }],
      ['with a digest is left alone', `ruby@${DIGEST}`, `ruby@${DIGEST}`, { annotations: FORCE }],
    ]
    for (const [i, [what, image, expected, metadata]] of cases.entries()) {
      test(what, async () => {
        await create(pod(`pod${i}`, image, metadata))
        assert.equal(await peek(`pod/pod${i}`, '.spec.containers[0].image'), expected)
      })
    }

    test('of a controller is left alone', async () => {
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'rs', controller: true }
      const uid = await peek('namespace/default', '.metadata.uid')
      // The collector takes it away, for there is no such owner: what was stored is in the answer.
      const owned = pod('owned', 'ruby:2.7', { ownerReferences: [{ ...owner, uid }] })
      const answer = await server.call('POST', '/api/v1/namespaces/default/pods', owned)
      assert.equal(answer.status, 201, answer.text)
      assert.match(answer.text, /"image":"ruby:2\.7"/)
    })
  })

  describe('a workload', () => {
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'CronJob', 'ReplicationController'] as const) {
      test(`of kind ${kind} is stored with the images of the streams it names`, async () => {
        const name = `kind-${kind.toLowerCase()}`
        await create(workload(name, { kind, image: 'ruby:2.7', init: 'ruby:2.7' }))
        const base = kind === 'CronJob' ? '.spec.jobTemplate.spec.template.spec' : '.spec.template.spec'
        const path = `${base}['initContainers','containers'][*].image`
        assert.equal(await peek(`${kind}/${name}`, path), `${IMAGE} ${IMAGE}`)
      })
    }

    test('shows in a dry run and in a diff what would be stored', async () => {
      const manifest = workload('preview', { image: 'ruby:2.7' })
      const dry = await apply(manifest, '--dry-run=server', '-o', `jsonpath={${IMAGES}}`)
      assert.equal(dry, IMAGE)
      const diff = await kubectl.with(JSON.stringify(manifest)).fail('diff', '-f', '-')
      assert.equal(diff.code, 1)
      assert.ok(diff.stdout.includes(`image: ${IMAGE}`), diff.stdout)
      await apply(manifest)
      await kubectl.with(JSON.stringify(manifest)).run('diff', '-f', '-')
    })

    const ways: [string, ...string[]][] = [
      ['on the client side'],
      ['on the server side', '--server-side', '--field-manager=ci'],
    ]
    for (const [i, [way, ...args]] of ways.entries()) {
      test(`that is applied ${way} again does not change`, async () => {
        const manifest = workload(`again${i}`, { image: 'ruby:2.7' })
        const object = `deployment/again${i}`
        await apply(manifest, ...args)
        // The last that is written of a rollout: from here on only a change of ours could raise the version, where nobody else writes.
        const done = `jsonpath={.status.conditions[?(@.type=="Progressing")].reason}=NewReplicaSetAvailable`
        await kubectl.run('wait', object, `--for=${done}`, '--timeout=20s')
        const state = async () => [
          await peek(object, '.metadata.generation'),
          await peek(object, '.spec'),
          world.lacks('silence') ? '' : await version(object),
        ]
        const first = await state()
        assert.equal(await peek(object, IMAGES), IMAGE)
        await apply(manifest, ...args)
        await apply(manifest, ...args)
        assert.deepEqual(await state(), first)
        assert.equal(await peek(object, '.metadata.generation'), '1')
      })
    }

    test('with the annotation on its template follows no registry but the stream', async () => {
      const object = workload('forced', { image: 'quay.io/any/quiet:2.7' }) as {
        spec: { template: { metadata: object } }
      }
      Object.assign(object.spec.template.metadata, { annotations: FORCE })
      await create(object)
      assert.equal(await peek('deployment/forced', IMAGES), IMAGE)
    })

    test('is looked at again where an image is set, and as a whole when the annotation comes', async () => {
      await create(workload('later', { image: 'quiet:2.7' }))
      await kubectl.run('annotate', 'deployment/later', 'note=nothing')
      assert.equal(await peek('deployment/later', IMAGES), 'quiet:2.7')
      await kubectl.run('annotate', 'deployment/later', `${Object.keys(FORCE)[0]}=*`)
      assert.equal(await peek('deployment/later', IMAGES), IMAGE)
      await kubectl.run('set', 'image', 'deployment/later', 'later=quay.io/any/ruby:2.7')
      assert.equal(await peek('deployment/later', IMAGES), IMAGE)
      await kubectl.run('set', 'image', 'deployment/later', 'later=quay.io/any/perl:5')
      assert.equal(await peek('deployment/later', IMAGES), 'quay.io/any/perl:5')
    })

    test('keeps the image that was meant when it was set, however the tag moves', async () => {
      await create(workload('pinned', { image: 'ruby:2.7' }))
      await kubectl.run('label', 'deployment/pinned', 'moved=soon')
      const scaled = await kubectl.run('scale', 'deployment/pinned', '--replicas=2')
      assert.match(scaled, /scaled/)
      assert.equal(await peek('deployment/pinned', IMAGES), IMAGE)
      await kubectl.run('rollout', 'status', 'deployment/pinned', '--timeout=20s')
      const pods = await kubectl.run(
        'get',
        'pods',
        '-l',
        'app=pinned',
        '-o',
        'jsonpath={.items[*].spec.containers[0].image}',
      )
      assert.equal(pods, `${IMAGE} ${IMAGE}`)
    })
  })
})
