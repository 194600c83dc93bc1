// Tags of streams as clients see them: kubectl, the command line, and plain requests. Images are pushed as a registry does it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { needsKubectl } from '../support/kubectlVersion.ts'
import { triggersFor, workload } from '../support/manifests.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const API = '/apis/image.openshift.io/v1'
const NS = `${API}/namespaces/default`
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const pull = (letter: string) => `e.com/x/ubi@${digest(letter)}`

inEachWorld((world) => {
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  before(async () => {
    server = await world.start()
    ;({ kubectl, millrace } = server)
    await make('ubi')
    await push('ubi:8', 'a')
    await push('ubi:9', 'b')
  })
  after(() => server?.stop())

  interface Tag {
    name: string
    annotations: Record<string, string> | null
    from?: { kind: string; name: string }
  }
  interface Seen {
    kind: string
    apiVersion: string
    metadata: { name?: string; resourceVersion?: string; annotations?: Record<string, string> }
    spec: { tags?: Tag[] }
    status: { tags?: { tag: string; items: { image: string }[] }[] }
    tag: Tag
    image: { metadata: { name: string } }
  }

  /** A request that must succeed with this status. */
  async function call(
    method: string,
    path: string,
    body?: object,
    type = 'application/json',
    status = 200,
  ): Promise<Seen> {
    const answer = await server.call(method, path.startsWith('/') ? path : `${NS}/${path}`, body, {
      ...(body && { 'content-type': type }),
    })
    assert.equal(answer.status, status, `${method} ${path}: ${answer.text}`)
    return answer.json() as Seen
  }
  const post = (path: string, body: object) => call('POST', path, body, undefined, 201)
  const make = (name: string, tags: object[] = []) => post('imagestreams', { metadata: { name }, spec: { tags } })
  const push = (tag: string, letter: string) =>
    post('imagestreammappings', {
      metadata: { name: tag.split(':')[0] },
      tag: tag.split(':')[1],
      image: {
        metadata: { name: digest(letter) },
        dockerImageReference: pull(letter),
        dockerImageMetadata: { Id: digest(letter), Created: '2024-01-01T00:00:00Z' },
      },
    })
  const apply = (object: object) => kubectl.with(JSON.stringify(object)).run('apply', '-f', '-')
  const peek = (object: string, path: string) => kubectl.run('get', object, '-o', `jsonpath={${path}}`)
  const source = (name: string, from: string) => ({ name, from: { kind: 'DockerImage', name: from }, reference: true })

  describe('a client', () => {
    test('fields are answered in the order of their types, wherever the objects lie', async () => {
      const stream = await call('GET', 'imagestreams/ubi')
      assert.deepEqual(Object.keys(stream), ['kind', 'apiVersion', 'metadata', 'spec', 'status'])
      const { status } = stream
      assert.deepEqual(Object.keys(status.tags![0]!.items[0]!), [
        'created',
        'dockerImageReference',
        'image',
        'generation',
      ])
      const { image } = await call('GET', 'imagestreamtags/ubi:8')
      const keys = Object.keys(image)
      assert.ok(keys.indexOf('dockerImageReference') < keys.indexOf('dockerImageMetadata'), keys.join())
    })

    test('may use plural, singular and short names', async () => {
      for (const words of ['imagestreams', 'imagestream', 'is'])
        assert.match(await kubectl.run('get', words, 'ubi', '-o', 'name'), /^imagestream\.image\.openshift\.io\/ubi$/m)
      for (const words of ['imagestreamtags', 'imagestreamtag', 'istag'])
        assert.match(await kubectl.run('get', words, 'ubi:8', '-o', 'name'), /^imagestreamtag\.\S+\/ubi:8$/m)
      for (const words of ['imagetags', 'imagetag', 'itag'])
        assert.match(await kubectl.run('get', words, 'ubi:8', '-o', 'name'), /^imagetag\.\S+\/ubi:8$/m)
      for (const words of ['imagestreamimages', 'imagestreamimage', 'isimage'])
        assert.match(await kubectl.run('get', words, 'ubi@aaa', '-o', 'name'), /^imagestreamimage\.\S+\/ubi@aaa$/m)
    })

    test('may escape the colon and the at sign of a name, or not', async () => {
      for (const [plain, escaped] of [
        ['imagestreamtags/ubi:8', 'imagestreamtags/ubi%3A8'],
        ['imagetags/ubi:8', 'imagetags/ubi%3a8'],
        [`imagestreamimages/ubi@${digest('a')}`, `imagestreamimages/ubi%40${digest('a').replace(':', '%3A')}`],
      ] as const)
        assert.deepEqual(await call('GET', escaped), await call('GET', plain))
    })

    test('sees the columns of each kind, and more with -o wide', async () => {
      const wide = async (...args: string[]) =>
        (await kubectl.run('get', ...args, '-o', 'wide'))
          .split('\n')
          .map((line) => line.split(/ {2,}/).join(' | ').trim())
      const ago = /^(.*) \| [^|]* ago(.*)$/
      const rows = async (...args: string[]) => {
        const [head, ...lines] = await wide(...args)
        return [head, ...lines.filter((line) => line).map((line) => line.replace(ago, '$1 | AGO$2'))]
      }
      // Tags are shown newest first, and of one second by name: pushes may fall into one or into two.
      const at = (tag: string, created: string, letter: string) => ({
        tag,
        items: [{ created, dockerImageReference: pull(letter), image: digest(letter), generation: 1 }],
      })
      const tags = [at('8', '2024-01-01T00:00:00Z', 'a'), at('9', '2024-01-02T00:00:00Z', 'b')]
      const made = await make('aged')
      await call('PUT', 'imagestreams/aged/status', { ...made, status: { ...made.status, tags } })
      assert.deepEqual(await rows('is', 'aged'), ['NAME | IMAGE REPOSITORY | TAGS | UPDATED', 'aged | 9,8 | AGO'])
      await kubectl.run('delete', 'is', 'aged')
      assert.deepEqual(await rows('istag', 'ubi:8'), [
        'NAME | IMAGE REFERENCE | UPDATED | IMAGE NAME',
        `ubi:8 | ${pull('a')} | AGO | ${digest('a')}`,
      ])
      assert.deepEqual(await rows('itag', 'ubi:8'), [
        'NAME | SPEC | STATUS | HISTORY | UPDATED',
        `ubi:8 | Push | image/${digest('a')} | 1 | AGO`,
      ])
      assert.deepEqual(await rows('isimage', 'ubi@aaa'), [
        'NAME | UPDATED | IMAGE REFERENCE | IMAGE NAME',
        `ubi@aaa | AGO | ${pull('a')} | ${digest('a')}`,
      ])
      assert.deepEqual(await rows('images', digest('a')), ['NAME | IMAGE REFERENCE', `${digest('a')} | ${pull('a')}`])
      assert.match(await kubectl.run('get', 'istag', 'ubi:8'), /^NAME +IMAGE REFERENCE +UPDATED\n/)
    })

    test('cannot list the images of streams, but gets each by the beginning of its digest', async () => {
      const { stderr } = await kubectl.fail('get', 'isimage')
      assert.match(stderr, /\(NotFound\): Unable to list .*imagestreamimages": the server could not find the requested/)
      for (const prefix of ['sha256:aa', 'aa', digest('a')])
        assert.equal(await peek(`isimage/ubi@${prefix}`, '.image.metadata.name'), digest('a'))
      assert.match((await kubectl.fail('get', 'isimage', 'ubi@sha256:cc')).stderr, /\(NotFound\)/)
    })

    test('cannot watch tags: a list, and then the reason', async () => {
      for (const kind of ['istag', 'itag']) {
        const { code, stdout, stderr } = await kubectl.fail('get', kind, '-w')
        assert.equal(code, 1)
        assert.match(stdout, /^ubi:8 [^]*^ubi:9 /m)
        assert.match(stderr, /\(MethodNotAllowed\): .*image(stream)?tags\.image\.openshift\.io/)
      }
    })

    test('finds kind and apiVersion in everything that comes back, and a version that is a whole number', async () => {
      const merge = 'application/merge-patch+json'
      const strategic = 'application/strategic-merge-patch+json'
      const patch = (path: string, type: string) =>
        call('PATCH', path, { metadata: { annotations: { by: type } } }, type)
      await make('whole', [source('1', 'e.com/x:1')])
      await push('whole:2', 'c')
      const two = { name: '2', from: { kind: 'ImageStreamImage', name: `whole@${digest('c')}` } }
      await call('PATCH', 'imagestreams/whole', { spec: { tags: [two] } }, strategic)
      const seen: [string, Seen][] = []
      for (const [kind, path] of [
        ['ImageStream', 'imagestreams/whole'],
        ['ImageStream', 'imagestreams/whole/status'],
        ['ImageStreamTag', 'imagestreamtags/whole:2'],
        ['ImageTag', 'imagetags/whole:2'],
        ['Image', `${API}/images/${digest('c')}`],
      ] as const) {
        const found = await call('GET', path)
        seen.push([kind, found], [kind, await call('PUT', path, found)])
        if (kind !== 'ImageTag') seen.push([kind, await patch(path, merge)], [kind, await patch(path, strategic)])
      }
      seen.push(['ImageStream', await make('further')])
      seen.push([
        'ImageStreamTag',
        await post('imagestreamtags', { metadata: { name: 'further:1' }, tag: { name: '' } }),
      ])
      const itag = { metadata: { name: 'further:2' }, spec: source('2', 'e.com/x:2'), status: null, image: null }
      seen.push(['ImageTag', await post('imagetags', itag)])
      const image = { metadata: { name: digest('d') }, dockerImageReference: pull('d') }
      seen.push(['Image', await post(`${API}/images`, image)])
      const versioned = seen.length
      seen.push(['ImageStreamImage', await call('GET', `imagestreamimages/whole@${digest('c')}`)])
      const spec = { import: false, images: [{ from: { kind: 'DockerImage', name: '127.0.0.1:1/x:1' } }] }
      seen.push(['ImageStreamImport', await post('imagestreamimports', { metadata: { name: 'whole' }, spec })])
      seen.push(['Status', await push('whole:2', 'c')])
      seen.push(['Status', await call('DELETE', 'imagestreamtags/further:2')])
      seen.push(['ImageStreamLayers', await call('GET', 'imagestreams/whole/layers')])
      seen.push(['SecretList', await call('GET', 'imagestreams/whole/secrets')])
      for (const [kind, object] of seen)
        assert.deepEqual([object.kind, object.apiVersion], [kind, kind === 'Status' ? 'v1' : 'image.openshift.io/v1'])
      for (const [kind, { metadata }] of seen.slice(0, versioned)) {
        assert.match(metadata.resourceVersion ?? '', /^[1-9]\d*$/, kind)
        assert.ok(BigInt(metadata.resourceVersion!) < 2n ** 63n)
      }
    })
  })

  describe('a stream', () => {
    const skip = needsKubectl(30, 'merge the lists of kinds that it does not know')
    test('that is applied over another keeps its tags, changes one and gets one, in order', { skip }, async () => {
      const stream = (...tags: object[]) => ({
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name: 'merged' },
        spec: { tags },
      })
      await make('merged', [source('old', 'e.com/x:old'), source('some', 'e.com/x:some')])
      await apply(stream(source('some', 'e.com/x:changed'), source('tip', 'e.com/x:tip')))
      assert.equal(await peek('is/merged', '.spec.tags[*].name'), 'old some tip')
      assert.equal(await peek('is/merged', '.spec.tags[*].from.name'), 'e.com/x:old e.com/x:changed e.com/x:tip')
    })
  })

  describe('a tag', () => {
    test('shows its annotations in both places, and writes them into the stream', async () => {
      await make('noted', [{ name: '1', from: { kind: 'ImageStreamTag', name: 'ubi:8' } }])
      await kubectl.run('annotate', 'istag/noted:1', 'note=a b')
      for (const path of ['.metadata.annotations', '.tag.annotations'])
        assert.equal(await peek('istag/noted:1', path), '{"note":"a b"}')
      assert.equal(await peek('is/noted', '.spec.tags[0].annotations'), '{"note":"a b"}')
      await kubectl.run('annotate', 'istag/noted:1', 'note-')
      assert.equal((await call('GET', 'imagestreams/noted')).spec.tags?.[0]?.annotations, null)
      const { stderr } = await kubectl.fail('label', 'istag/noted:1', 'a=b')
      assert.match(stderr, /may not update fields other than metadata\.annotations/)
    })

    test('is edited, and replaced unless somebody was faster', async () => {
      await make('moved', [{ name: '1', from: { kind: 'ImageStreamTag', name: 'ubi:8' } }])
      const KUBE_EDITOR = 'sed -i s/name:.ubi:8$/name:\\ ubi:9/'
      assert.match(await kubectl.under({ KUBE_EDITOR }).run('edit', 'istag/moved:1'), /moved:1 edited$/m)
      assert.equal(await peek('istag/moved:1', '.image.metadata.name'), digest('b'))
      const read = await kubectl.run('get', 'istag/moved:1', '-o', 'json')
      assert.match(await kubectl.with(read).run('replace', '-f', '-'), /moved:1 replaced$/m)
      await kubectl.run('annotate', 'istag/moved:1', 'a=b')
      assert.match(
        (await kubectl.with(read).fail('replace', '-f', '-')).stderr,
        /\(Conflict\).* another caller has updated/,
      )
    })

    test('that never had an image is not listed, and not found', async () => {
      await make('waits', [
        { name: '1', from: { kind: 'DockerImage', name: '127.0.0.1:1/x:1' } },
        source('2', 'e.com/x'),
      ])
      const names = await kubectl.run('get', 'istag', '-o', 'name')
      assert.ok(names.includes('/ubi:8\n') && !names.includes('/waits:'), names)
      for (const tag of ['1', '2'])
        assert.match((await kubectl.fail('get', 'istag', `waits:${tag}`)).stderr, /"waits:\d" not found/)
      await eventually(async () =>
        assert.equal(await peek('is/waits', '.status.tags[0].conditions[0].status'), 'False'),
      )
      assert.match((await kubectl.fail('get', 'istag', 'waits:1')).stderr, /"waits:1" not found/, 'nor after a failure')
    })

    test('goes with its history, at once and only once', async () => {
      await make('gone', [{ name: '1', from: { kind: 'ImageStreamTag', name: 'ubi:8' } }])
      const text = await kubectl.run('delete', 'istag/gone:1', '--timeout=10s')
      assert.match(text, /imagestreamtag\.image\.openshift\.io "gone:1" deleted/)
      const { spec, status } = await call('GET', 'imagestreams/gone')
      assert.deepEqual([spec.tags, status.tags], [undefined, undefined])
      assert.match((await kubectl.fail('delete', 'istag/gone:1')).stderr, /\(NotFound\).* "gone:1" not found/)
      assert.match((await millrace.fail('delete', 'istag', 'gone:1')).stderr, /\(NotFound\).* "gone:1" not found/)
    })

    test('that is put makes its stream: 201, and 200 from then on', async () => {
      const tag = {
        kind: 'ImageStreamTag',
        metadata: { name: 'fresh:1' },
        tag: { from: { kind: 'ImageStreamTag', name: 'ubi:8' } },
      }
      const path = 'imagestreamtags/fresh:1'
      assert.equal((await call('PUT', path, tag, undefined, 201)).image.metadata.name, digest('a'))
      assert.equal((await call('PUT', path, tag)).tag.name, '1')
    })

    test('may follow a tag of its own stream by the bare name', async () => {
      await millrace.run('create', 'istag', 'ubi:follower', '--from=:9')
      const { tag, image } = await call('GET', 'imagestreamtags/ubi:follower')
      assert.deepEqual(tag.from, { kind: 'ImageStreamTag', name: '9' })
      assert.equal(image.metadata.name, digest('b'))
    })

    test('that is copied is stored as the image, and as an alias as the tag', async () => {
      await millrace.run('tag', 'ubi:8', 'copied:1')
      await millrace.run('tag', '--alias', 'ubi:8', 'ubi:alias')
      const from = async (path: string) => (await call('GET', `imagestreamtags/${path}`)).tag.from
      assert.deepEqual(await from('copied:1'), {
        kind: 'ImageStreamImage',
        name: `ubi@${digest('a')}`,
      })
      assert.deepEqual(await from('ubi:alias'), { kind: 'ImageStreamTag', name: 'ubi:8' })
    })
  })

  describe('a registry', () => {
    test('is told all blobs and images of a stream, old ones too, until its history loses them', async () => {
      await make('layered')
      const image = (letter: string, more: object) => ({
        metadata: { name: digest(letter) },
        dockerImageReference: pull(letter),
        ...more,
      })
      const layer = (letter: string) => ({ name: digest(letter), size: 5, mediaType: 'application/x-layer' })
      const platform = { digest: digest('e'), mediaType: 'a/b', manifestSize: 1, architecture: 'arm64', os: 'linux' }
      const mapping = (object: object) =>
        post('imagestreammappings', { metadata: { name: 'layered' }, tag: '1', image: object })
      await mapping(image('e', { dockerImageLayers: [layer('1'), layer('2')] }))
      await mapping(image('f', { dockerImageManifests: [platform] }))
      const told = async () => {
        const { blobs, images } = (await call('GET', 'imagestreams/layered/layers')) as unknown as Record<
          string,
          object
        >
        return { blobs: Object.keys(blobs!).sort(), images: Object.keys(images!).sort() }
      }
      const { blobs, images } = await told()
      assert.deepEqual(images, [digest('e'), digest('f')])
      for (const letter of ['1', '2', 'e', 'f']) assert.ok(blobs.includes(digest(letter)), letter)
      await call('GET', `imagestreamimages/layered@${digest('e')}`)
      await kubectl.run('delete', 'istag', 'layered:1')
      assert.deepEqual(await told(), { blobs: [], images: [] })
      await call('GET', `imagestreamimages/layered@${digest('e')}`, undefined, undefined, 404)
    })

    test('is told the pull secrets of the namespace, and no others', async () => {
      const login = ['--docker-server=r', '--docker-username=u', '--docker-password=p']
      await kubectl.run('create', 'secret', 'docker-registry', 'told', ...login)
      await kubectl.run('create', 'secret', 'generic', 'other', '--from-literal=a=b')
      await kubectl.run('create', 'namespace', 'elsewhere')
      const { items } = (await call('GET', 'imagestreams/ubi/secrets')) as unknown as { items: Seen[] }
      assert.deepEqual(
        items.map(({ metadata }) => metadata.name),
        ['told'],
      )
      const elsewhere = await call('GET', `${API}/namespaces/elsewhere/imagestreams/ubi/secrets`)
      assert.deepEqual((elsewhere as unknown as { items: unknown[] }).items, [])
    })
  })

  describe('a workload that follows a tag', () => {
    const image = '.spec.template.spec.containers[0].image'
    const becomes = (name: string, expected: string) =>
      eventually(async () => assert.equal(await peek(`deployment/${name}`, image), expected), { timeout: 30_000 })

    test('may begin with a blank for an image: it gets one when the tag has one', async () => {
      await apply(workload('blank', { image: ' ', replicas: 0, triggers: triggersFor('later:1', 'blank') }))
      assert.equal(await peek('deployment/blank', image), ' ')
      await make('later')
      await push('later:1', 'a')
      await becomes('blank', pull('a'))
    })

    test('gets its image back, however often and fast somebody else sets another', async () => {
      await apply(workload('tugged', { image: 'e.com/mine:0', replicas: 0, triggers: triggersFor('ubi:8', 'tugged') }))
      await becomes('tugged', pull('a'))
      const path = '/apis/apps/v1/namespaces/default/deployments/tugged'
      for (let i = 1; i <= 50; i++) {
        const containers = [{ name: 'tugged', image: `e.com/mine:${i}` }]
        const patch = { spec: { template: { spec: { containers } } } }
        await call('PATCH', path, patch, 'application/strategic-merge-patch+json')
      }
      await becomes('tugged', pull('a'))
    })
  })
})
