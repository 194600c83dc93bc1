// Importing from registries that refuse, lie or are not there, as a user sees it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { answering, basic, frontDoor, type FrontDoor } from '../support/faults.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const USER = 'wheel'
const PASSWORD = 'a-Secret-of-the-Mill'
const DOCKER = 'application/vnd.docker.distribution.manifest.v2+json'

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  let digest: string
  const doors: FrontDoor[] = []
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    ;({ kubectl, millrace } = server)
    ;({ digest } = await pushImage(registry.host, 'app', '1', {}))
  })
  after(async () => {
    for (const door of doors) door.close()
    await Promise.all([registry?.stop(), server?.stop()])
  })

  const door = async (intercept: Parameters<typeof frontDoor>[1]) => {
    const opened = await frontDoor(registry.host, intercept)
    doors.push(opened)
    return opened
  }
  const importFrom = (name: string, host: string) =>
    ['import-image', `${name}:1`, '--from', `${host}/app:1`, '--confirm', '--insecure'] as const
  const condition = (name: string) =>
    kubectl.run(
      'get',
      'is',
      name,
      '-o',
      'jsonpath={.status.tags[0].conditions[0].reason}: {.status.tags[0].conditions[0].message}',
    )

  const items = (name: string) => kubectl.run('get', 'is', name, '-o', 'jsonpath={.status.tags[0].items}')

  describe('a registry', () => {
    test('that is not there becomes a condition of the tag, and one line on stderr', async () => {
      const { stdout, stderr } = await millrace.fail(...importFrom('absent', '127.0.0.1:1'))
      assert.match(stdout, /^imagestream\.image\.openshift\.io\/absent imported with errors\n/)
      assert.match(
        stderr,
        /^error: tag 1 failed: Internal error occurred: 127\.0\.0\.1:1\/app:1: .*\nerror: imported completed with errors\n$/,
      )
      assert.match(await condition('absent'), /^Unreachable: Internal error occurred: 127\.0\.0\.1:1\/app:1: /)
      const told = /^error: tag 1 failed: (.*)$/m.exec(stderr)?.[1]
      const state = '.status.tags[0].conditions[0]'
      const path = `jsonpath={${state}.type} {${state}.status} {${state}.message}`
      assert.equal(await kubectl.run('get', 'is', 'absent', '-o', path), `ImportSuccess False ${told}`)
      assert.match(await millrace.run('describe', 'is', 'absent'), /^ {2}! error: Import failed \(Unreachable\): /m)
    })

    test('that wants a password says that access may be missing', async () => {
      const { host } = await door(basic(USER, PASSWORD))
      const { stderr } = await millrace.fail(...importFrom('closed', host))
      assert.match(stderr, new RegExp(`you may not have access to the container image "${host}/app:1"`))
      assert.match(await condition('closed'), /^Unauthorized: you may not have access/)
    })

    test('that wants a password gets that of the namespace, and nobody else sees it', async () => {
      const { host } = await door(basic(USER, PASSWORD))
      const secret = ['--docker-server', host, '--docker-username', USER, '--docker-password', PASSWORD]
      await kubectl.run('create', 'secret', 'docker-registry', 'pull', ...secret)
      const text = await millrace.run(...importFrom('opened', host))
      assert.match(text, new RegExp(`\\* ${host}/app@${digest}`))
      const other = await door(basic(USER, PASSWORD))
      await millrace.fail(...importFrom('stranger', other.host))
      for (const seen of [text, server.output(), await kubectl.run('get', 'events,is', '-o', 'yaml')]) {
        assert.ok(!seen.includes(PASSWORD))
        assert.ok(!seen.includes(Buffer.from(`${USER}:${PASSWORD}`).toString('base64')))
      }
    })

    test('that has no such image says not found', async () => {
      const args = ['import-image', 'missing:1', '--from', `${registry.host}/app:none`, '--confirm', '--insecure']
      const { stderr } = await millrace.fail(...args)
      assert.match(stderr, new RegExp(`dockerimage\\.image\\.openshift\\.io "${registry.host}/app:none" not found`))
      assert.match(await condition('missing'), /^NotFound: /)
    })

    test('that speaks plain HTTP is not spoken to unless insecure is said', async () => {
      const { host, requests } = await door(() => false)
      await millrace.fail('import-image', 'secure:1', '--from', `${host}/app:1`, '--confirm')
      assert.deepEqual(requests, [])
    })

    test('that sends HTML is an error, and nothing is stored', async () => {
      const { host } = await door(answering(/manifests/, 200, 'text/html', '<html><body>Sign in</body></html>'))
      const { stderr } = await millrace.fail(...importFrom('html', host))
      assert.match(stderr, /^error: tag 1 failed: Internal error occurred: /)
      assert.match(await items('html'), /^(null|<nil>)?$/)
    })

    test('that gives other content than the digest promises is not believed', async () => {
      const lie = await pushImage(registry.host, 'app', 'other', { files: { other: 'content' } })
      const { host } = await door(answering(/manifests\/sha256/, 200, DOCKER, lie.manifest))
      const from = `${host}/app@${digest}`
      const { stderr } = await millrace.fail('import-image', 'liar:1', '--from', from, '--confirm', '--insecure')
      assert.match(stderr, /failed: Internal error occurred: .*content integrity error/)
      assert.match(await items('liar'), /^(null|<nil>)?$/)
    })

    test('that sends a manifest without end is cut off', async () => {
      const { host } = await door((incoming, response) => {
        if (!incoming.url?.includes('manifests')) return false
        response.writeHead(200, { 'content-type': DOCKER })
        const piece = ' '.repeat(1 << 20)
        const more = () => {
          while (!response.destroyed && response.write(piece));
        }
        response.on('drain', more)
        more()
        return true
      })
      const { stderr } = await millrace.fail(...importFrom('endless', host))
      assert.match(stderr, /^error: tag 1 failed: Internal error occurred: /)
      assert.equal((await server.call('GET', '/readyz')).status, 200)
    })

    test('that is overloaded is asked again', async () => {
      let refused = 0
      const { host } = await door((incoming, response) => {
        if (!incoming.url?.includes('manifests') || refused++ > 0) return false
        response.writeHead(429, { 'retry-after': '1' }).end()
        return true
      })
      await millrace.run(...importFrom('busy', host))
      assert.equal(await kubectl.run('get', 'istag', 'busy:1', '-o', 'jsonpath={.image.metadata.name}'), digest)
    })
  })

  describe('the answer to an import', () => {
    interface Answer {
      status: { import?: object; images: { image: Record<string, unknown> & { dockerImageMetadata: object } }[] }
    }
    const ask = async (more: object) => {
      const from = { kind: 'DockerImage', name: `${registry.host}/app:1` }
      const image = { from, to: { name: '1' }, importPolicy: { insecure: true }, ...more }
      const path = '/apis/image.openshift.io/v1/namespaces/default/imagestreamimports'
      const body = { metadata: { name: 'looked-at' }, spec: { import: false, images: [image] } }
      const answer = await server.call('POST', path, body)
      assert.equal(answer.status, 201)
      return (answer.json() as Answer).status
    }

    test('carries what the image says of itself, in the spelling of Docker, and nothing raw unless it is asked for', async () => {
      const { images, import: written } = await ask({})
      const [image] = images.map((status) => status.image)
      assert.equal(written, undefined)
      assert.partialDeepStrictEqual(image?.dockerImageMetadata, {
        kind: 'DockerImage',
        apiVersion: 'image.openshift.io/1.0',
        Architecture: 'amd64',
      })
      const keys = Object.keys(image?.dockerImageMetadata ?? {}).filter((key) => !['kind', 'apiVersion'].includes(key))
      assert.deepEqual(
        keys.filter((key) => !/^[A-Z]/.test(key)),
        [],
      )
      for (const key of ['Id', 'Created', 'Config', 'ContainerConfig', 'Size']) assert.ok(keys.includes(key), key)
      assert.deepEqual([image?.['dockerImageManifest'], image?.['dockerImageConfig']], [undefined, undefined])
      const [whole] = (await ask({ includeManifest: true })).images
      assert.match(String(whole?.image['dockerImageManifest']), /"schemaVersion"/)
    })
  })

  describe('several tags at once', () => {
    test('one that fails does not keep the others from being imported', async () => {
      const tag = (name: string, host: string) => ({
        name,
        from: { kind: 'DockerImage', name: `${host}/app:1` },
        importPolicy: { insecure: true },
      })
      const object = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name: 'mixed' },
        spec: { tags: [tag('bad', '127.0.0.1:1'), tag('good', registry.host), tag('worse', '127.0.0.1:2')] },
      }
      await kubectl.with(JSON.stringify(object)).run('create', '-f', '-')
      await eventually(async () => {
        const path = 'jsonpath={range .status.tags[*]}{.tag}={.items[0].image}{.conditions[0].reason} {end}'
        const text = (await kubectl.run('get', 'is', 'mixed', '-o', path)).trim().split(' ').sort().join(' ')
        assert.equal(text, `bad=Unreachable good=${digest} worse=Unreachable`)
      })
    })

    test('a whole repository is imported, the newest versions first where there are too many', async () => {
      for (const tag of ['1.0', '1.1', 'latest']) await pushImage(registry.host, 'versions', tag, { files: { tag } })
      const from = `${registry.host}/versions`
      await millrace.run('import-image', 'versions', '--from', from, '--all', '--confirm', '--insecure')
      const tags = await kubectl.run('get', 'is', 'versions', '-o', 'jsonpath={.spec.tags[*].name}')
      assert.deepEqual(tags.split(' ').sort(), ['1.0', '1.1', 'latest'])
    })

    test('a repository of more tags than are imported at once: all, after an interruption too; what is done stays', async () => {
      const count = 95
      let held = true
      let manifests = 0
      const { host } = await door((incoming, response) => {
        if (incoming.url?.includes('/tags/list')) {
          response.end(JSON.stringify({ tags: Array.from({ length: count }, (_, i) => `1.${i}`) }))
          return true
        }
        // Nobody answers: these are of the third request.
        if (held && /manifests\/1\.1[0-9]$/.test(incoming.url ?? '')) return true
        if (/manifests\/1\.[0-9]+$/.test(incoming.url ?? '')) manifests++
        incoming.url = incoming.url?.replace(/manifests\/1\.[0-9]+$/, 'manifests/1') ?? ''
        return false
      })
      const imported = async () => {
        const items = '{range .status.tags[*]}{.items[0].image}{"\\n"}{end}'
        const text = await kubectl.run('get', 'is', 'many', '-o', `jsonpath=${items}`).catch(() => '')
        return text.split('\n').filter((line) => line === digest).length
      }
      const args = ['import-image', 'many', '--from', `${host}/app`, '--all', '--confirm', '--insecure']
      const running = millrace.start(...args)
      await eventually(async () => assert.equal(await imported(), 70), { timeout: 30_000 })
      assert.equal(await running.stop('SIGINT'), 1)
      assert.match(running.stderr(), /^error: interrupted: 25 tags are left; .* --resume goes on\n$/)
      assert.match(running.stdout(), /info: 70 of the 95 tags of the repository were imported/)
      held = false
      manifests = 0
      const rest = await millrace.run(...args, '--resume')
      assert.match(
        rest,
        /info: 25 of the 95 tags of the repository were imported, of the others\n {2}70 were imported before: /,
      )
      assert.equal(manifests, 25)
      assert.equal(await imported(), count)
      const few = ['import-image', 'few', ...args.slice(2), '--limit', '10']
      assert.match(await millrace.run(...few), /info: 10 of the 95 tags .*\n {2}85 are beyond --limit: /)
      const tags = await kubectl.run('get', 'is', 'few', '-o', 'jsonpath={.spec.tags[*].name}')
      assert.equal(tags.split(' ').length, 10)
    })
  })
})
