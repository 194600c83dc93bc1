// The importer over content in memory.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type AskedFor,
  imageSpec as spec,
  importRequest as request,
  pullSecret as pull,
} from '../../test/support/importRequests.ts'
import { RegistryContent } from '../../test/support/registryContent.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { ImageImportSpec, RepositoryImportSpec } from '../core/image/types.ts'
import { readPolicy } from '../core/policy/policy.ts'
import { OCI_INDEX } from '../core/oci/mediaType.ts'
import { RegistryError, refused } from './error.ts'
import { createImporter } from './importer.ts'
import type { RegistryReader } from './reader.ts'
import { trying } from './trying.ts'

const SUCCESS = { metadata: {}, status: 'Success' }
const platform = { architecture: 's390x', os: 'linux' }

const whole = (name: string): RepositoryImportSpec => spec(name)

function setUp(change: (reader: RegistryReader) => Partial<RegistryReader> = () => ({})) {
  const content = new RegistryContent()
  const asked: string[] = []
  const reader = content.reader(asked)
  const importer = createImporter({ reader: trying({ ...reader, ...change(reader) }), platform })
  return { content, asked, run: (options: AskedFor) => importer(request(options)) }
}

test('images by tag and by digest, in the order of the request, spelled as the user wrote', async () => {
  const { content, run } = setUp()
  const a = content.image('library/busybox', '1', 'a')
  const b = content.image('team/app', 'latest', 'b')
  const names = ['busybox:1', 'quay.io/team/app', `quay.io/team/app@${b.digest}`, `quay.io/team/app:x@${b.digest}`]
  const { images, repository } = await run({ images: names.map((name) => spec(name)) })
  assert.equal(repository, undefined)
  assert.deepEqual(
    images.map(({ status, tag, image }) => [status, tag, image?.dockerImageReference]),
    [
      [SUCCESS, '1', `busybox@${a.digest}`],
      [SUCCESS, 'latest', `quay.io/team/app@${b.digest}`],
      [SUCCESS, undefined, `quay.io/team/app@${b.digest}`],
      [SUCCESS, undefined, `quay.io/team/app@${b.digest}`],
    ],
  )
  assert.ok(!('tag' in images[2]!))
  assert.equal(images[0]?.image?.metadata.name, a.digest)
})

test('what is asked for twice is fetched once, and nobody shares a result', async () => {
  const { content, asked, run } = setUp()
  content.image('library/busybox', '1', 'a')
  const { images } = await run({
    images: ['busybox:1', 'docker.io/busybox:1', 'docker.io/library/busybox:1'].map((n) => spec(n)),
  })
  assert.equal(asked.filter((line) => line.startsWith('manifest')).length, 1)
  assert.deepEqual(images[1], images[0])
  assert.notEqual(images[1]?.image, images[0]?.image)
  assert.notEqual(images[1]?.status, images[0]?.status)
  // The first spelling counts for all.
  assert.match(images[2]?.image?.dockerImageReference ?? '', /^busybox@/)
})

test('a wrong password keeps nobody from a policy of what everybody may list', async () => {
  const { content, run } = setUp((reader) => ({
    async tags(repository, signal) {
      if (await repository.credential?.())
        throw new RegistryError('token', 'incorrect username or password', { denied: true })
      return await reader.tags(repository, signal)
    },
  }))
  const { digest } = content.image('team/app', '1.2.0', 'a')
  const policy = readPolicy({ 'millrace.dev/policy': 'semver' })
  const followed = () => ({ policy, id: 'id', choice: undefined })
  const secrets = [pull('quay.io', 'wrong')]
  const { images, choices } = await run({ images: [spec('quay.io/team/app:1', 'Legacy', 'v1')], followed, secrets })
  assert.deepEqual([images[0]?.image?.metadata.name, images[0]?.tag], [digest, '1.2.0'])
  assert.deepEqual(choices, [{ policy: 'id', candidates: 1, tag: '1.2.0' }])
})

test('of several platforms: the preferred of the tag, else of the server, else amd64', async () => {
  const { content, run } = setUp()
  const [arm, amd, s390x, ppc] = ['arm64', 'amd64', 's390x', 'ppc64le'].map((a) => content.image('a/b', null, a, a))
  content.index('a/b', 'all', [arm!, amd!, s390x!, ppc!])
  content.index('a/b', 'usual', [arm!, amd!])
  const other = content.index('a/b', 'other', [ppc!, arm!])
  const preferred = (tag: string) => (tag === 'want' ? { arch: 'ppc64le', os: 'linux' } : {})
  const specs = [
    spec('q.io/a/b:all', 'Legacy', 'want'),
    spec('q.io/a/b:all', 'Legacy', 'plain'),
    spec('q.io/a/b:usual', ''),
    spec(`q.io/a/b@${other.digest}`, 'Legacy', 'want'),
  ]
  const { images } = await run({ images: specs, preferred })
  assert.deepEqual(
    images.map((i) => i.image?.metadata.name),
    [ppc, s390x, amd, ppc].map((i) => i?.digest),
  )
  assert.ok(images.every((i) => i.manifests === undefined))
})

test('PreserveOriginal keeps the list and fetches every platform', async () => {
  const { content, run } = setUp()
  const subs = ['arm64', 'amd64'].map((a) => content.image('a/b', null, a, a))
  const index = content.index('a/b', 'all', subs, OCI_INDEX)
  const { images } = await run({ images: [spec('q.io/a/b:all', 'PreserveOriginal')] })
  const [result] = images
  assert.equal(result?.image?.metadata.name, index.digest)
  assert.deepEqual(
    result?.manifests?.map((m) => [m.metadata.name, m.dockerImageReference]),
    subs.map((s) => [s.digest, `q.io/a/b@${s.digest}`]),
  )
  assert.equal(result?.image?.dockerImageMetadata?.Created, '2026-01-02T03:04:05Z')
  content.manifests.delete(`a/b ${subs[1]!.digest}`)
  const again = await run({ images: [spec('q.io/a/b:all', 'PreserveOriginal')] })
  assert.equal(again.images[0]?.status.reason, 'NotFound')
  assert.equal(again.images[0]?.image, undefined)
})

test('an empty list, and lists within lists', async () => {
  const { content, run } = setUp()
  content.index('a/b', 'empty', [])
  const app = content.image('a/b', null, 'app')
  let inner = content.index('a/b', 'nested1', [app])
  for (const depth of [2, 3, 4]) inner = content.index('a/b', `nested${depth}`, [inner])
  const names = ['empty', 'nested1', 'nested3', 'nested4'].map((tag) => spec(`q.io/a/b:${tag}`))
  const { images } = await run({ images: names })
  assert.deepEqual(
    images.map((i) => i.image?.metadata.name ?? i.status.message),
    [
      'Internal error occurred: q.io/a/b:empty: no manifests in manifest list',
      app.digest,
      app.digest,
      'Internal error occurred: q.io/a/b:nested4: manifest lists are nested too deeply',
    ],
  )
})

test('one failure blocks nobody, and names what was asked for with all defaults', async () => {
  const { content, run } = setUp()
  const a = content.image('library/app', 'good', 'a')
  const { images } = await run({ images: [spec('app:bad'), spec('app:good'), spec('Bad name')] })
  assert.deepEqual(images[0], {
    status: {
      metadata: {},
      status: 'Failure',
      message: 'dockerimage.image.openshift.io "docker.io/library/app:bad" not found',
      reason: 'NotFound',
      details: { name: 'docker.io/library/app:bad', group: 'image.openshift.io', kind: 'dockerimage' },
      code: 404,
    },
    tag: 'bad',
  })
  assert.equal(images[1]?.image?.metadata.name, a.digest)
  assert.deepEqual(
    [images[2]?.status.code, images[2]?.status.message],
    [422, ' "" is invalid: from.name: Invalid value: "Bad name": invalid name: invalid reference format'],
  )
})

test('a repository: the most important tags up to the limit, the rest by name', async () => {
  const { content, run } = setUp()
  for (const tag of ['b', 'a', '1.0', '2.0', 'latest']) content.image('team/app', tag, tag)
  const tags = async (bulkLimit: number, images: ImageImportSpec[] = []) => {
    const { repository } = await run({ repository: whole('q.io/team/app'), bulkLimit, images })
    assert.deepEqual(repository?.status, SUCCESS)
    return [repository?.images?.map((i) => i.tag) ?? [], repository?.additionalTags ?? []]
  }
  assert.deepEqual(await tags(3), [
    ['latest', '2.0', '1.0'],
    ['a', 'b'],
  ])
  assert.deepEqual(await tags(0), [[], ['latest', '2.0', '1.0', 'a', 'b']])
  assert.deepEqual(await tags(-1), [['latest', '2.0', '1.0', 'a', 'b'], []])
  assert.deepEqual(await tags(3, [spec('q.io/team/app:b')]), [['latest', '2.0', '1.0', 'b'], ['a']])
  assert.deepEqual(await tags(3, [spec('q.io/team/other:b')]), [
    ['latest', '2.0', '1.0'],
    ['a', 'b'],
  ])
})

test('a repository of which images fail', async () => {
  const { content, run } = setUp()
  for (const tag of ['a', 'b', 'c']) content.image('team/app', tag, tag)
  for (const [gone, message] of [
    ['a', 'one of the images from this repository failed to import'],
    ['b', '2 of the images from this repository failed to import'],
  ]) {
    content.manifests.delete(`team/app ${gone}`)
    const { repository } = await run({ repository: whole('q.io/team/app') })
    assert.deepEqual(repository?.status, { metadata: {}, status: 'Failure', message, reason: 'ImportFailed' })
    assert.equal(repository?.images?.length, 3)
    assert.equal(repository?.images?.find((i) => i.tag === gone)?.status.reason, 'NotFound')
  }
})

test('a repository that cannot be listed has no images', async () => {
  const { run } = setUp()
  assert.deepEqual((await run({ repository: whole('q.io/team/none') })).repository, {
    status: {
      metadata: {},
      status: 'Failure',
      message: 'dockerimage.image.openshift.io "q.io/team/none" not found',
      reason: 'NotFound',
      details: { name: 'q.io/team/none', group: 'image.openshift.io', kind: 'dockerimage' },
      code: 404,
    },
  })
  assert.equal((await run({ repository: whole('Bad') })).repository?.status.code, 422)
})

test('wrong credentials: what everybody may pull is pulled without; what is private keeps the first answer', async () => {
  const { content, run } = setUp((reader) => ({
    async manifest(repository, reference, signal) {
      const { name } = repository
      const credential = await repository.credential?.()
      if (credential?.password === 'wrong') {
        throw new RegistryError('token', 'Get "…": unauthorized: incorrect username or password', { denied: true })
      }
      if (name === 'team/private' && !credential)
        throw refused([{ code: 'UNAUTHORIZED', message: '' }], { denied: true })
      return await reader.manifest(repository, reference, signal)
    },
  }))
  for (const name of ['public', 'private']) content.image(`team/${name}`, '1', name)
  const images = ['q.io/team/public:1', 'q.io/team/private:1'].map((name) => spec(name))
  const messages = async (secrets: PullSecret[]) =>
    (await run({ images, secrets })).images.map(({ status }) => status.message ?? status.status)
  const none = 'you may not have access to the container image "q.io/team/private:1"'
  const wrong = 'incorrect username or password for image "q.io/team/private:1"'
  assert.deepEqual(await messages([]), ['Success', none])
  assert.deepEqual(await messages([pull('q.io', 'right')]), ['Success', 'Success'])
  assert.deepEqual(await messages([pull('q.io', 'wrong')]), ['Success', wrong])
  assert.deepEqual(await messages([pull('q.io/other', 'wrong')]), ['Success', none])
})

test('a repository that wrong credentials keep from being listed is listed without', async () => {
  const { content, run } = setUp((reader) => ({
    async tags(repository, signal) {
      if (await repository.credential?.())
        throw new RegistryError('token', 'Get "…": unauthorized: incorrect username or password', { denied: true })
      if (repository.name === 'team/private') throw refused([{ code: 'UNAUTHORIZED', message: '' }], { denied: true })
      return await reader.tags(repository, signal)
    },
  }))
  content.image('team/public', '1', 'x')
  const secrets = [pull('q.io', 'wrong')]
  const open = await run({ repository: whole('q.io/team/public'), secrets })
  assert.deepEqual([open.repository?.status, open.repository?.images?.length], [SUCCESS, 1])
  const closed = await run({ repository: whole('q.io/team/private'), secrets })
  assert.match(closed.repository?.status.message ?? '', /incorrect username or password$/)
})

/** Of a registry that wants to know who asks. */
function asking(content: RegistryContent): RegistryReader {
  const reader = content.reader()
  return trying({
    ...reader,
    async manifest(repository, reference, signal) {
      await repository.credential?.()
      return reader.manifest(repository, reference, signal)
    },
  })
}

test('secrets are read when a registry wants to know who asks, and once', async () => {
  const content = new RegistryContent()
  for (const name of ['b', 'c']) content.image(`a/${name}`, '1', name)
  let reads = 0
  const secrets = (): Promise<PullSecret[]> => {
    reads += 1
    return Promise.resolve([])
  }
  const images = ['q.io/a/b:1', 'q.io/a/c:1'].map((name) => spec(name))
  const importWith = (reader: RegistryReader) => createImporter({ reader })({ ...request({ images }), secrets })
  await importWith(content.reader())
  assert.equal(reads, 0)
  await importWith(asking(content))
  assert.equal(reads, 1)
})

test('that secrets cannot be read is no fault of an image', async () => {
  const content = new RegistryContent()
  content.image('a/b', '1', 'x')
  const secrets = () => Promise.reject(new Error('not allowed'))
  const asked = { ...request({ images: [spec('q.io/a/b:1')] }), secrets }
  await assert.rejects(createImporter({ reader: asking(content) })(asked), /not allowed/)
  const { images } = await createImporter({ reader: content.reader() })(asked)
  assert.equal(images[0]?.status.status, 'Success')
})

test('a broken secret is told of, and does no harm', async () => {
  const content = new RegistryContent()
  content.image('a/b', '1', 'x')
  const told: [string, string][] = []
  const problem = ({ name }: PullSecret, message: string) => void told.push([name, message])
  const importer = createImporter({ reader: asking(content), problem })
  const bad = { ...pull('q.io', 'x'), data: {} }
  const { images } = await importer(request({ images: [spec('q.io/a/b:1')], secrets: [bad] }))
  assert.equal(images[0]?.status.status, 'Success')
  assert.deepEqual(told, [['pull', 'it has no key .dockercfg']])
})

test('requests are concurrent, but bounded for each host', async () => {
  const running = new Map<string, number>()
  let most = 0
  let mostAtAll = 0
  const { content, run } = setUp((reader) => ({
    async manifest(repository, reference, signal) {
      const { host } = repository
      running.set(host, (running.get(host) ?? 0) + 1)
      most = Math.max(most, running.get(host)!)
      mostAtAll = Math.max(
        mostAtAll,
        running.values().reduce((a, b) => a + b),
      )
      await new Promise((resolve) => setImmediate(resolve))
      running.set(host, running.get(host)! - 1)
      return await reader.manifest(repository, reference, signal)
    },
  }))
  const tags = Array.from({ length: 40 }, (_, i) => `t${i}`)
  for (const tag of tags) content.image('a/b', tag, tag)
  const images = ['q.io', 'r.io'].flatMap((host) => tags.map((tag) => spec(`${host}/a/b:${tag}`)))
  const result = await run({ images })
  assert.ok(result.images.every(({ status }) => status.status === 'Success'))
  assert.deepEqual(
    result.images.map((i) => i.tag),
    [...tags, ...tags],
  )
  assert.equal(most, 8)
  assert.equal(mostAtAll, 16)
})

test('an aborted import rejects with the reason', async () => {
  const { content, run } = setUp()
  content.image('a/b', '1', 'x')
  const reason = new Error('enough')
  const signal = AbortSignal.abort(reason)
  await assert.rejects(run({ images: [spec('q.io/a/b:1')], repository: whole('q.io/a/b'), signal }), reason)
})
