// Scheduled imports, as users see them: a push is rolled out without anybody asking, and a registry hears little while nothing changes.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { basic, frontDoor, type FrontDoor } from '../support/faults.ts'
import { triggersFor, workload } from '../support/manifests.ts'
import { pushImage, pushIndex, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inBothWorlds } from '../support/worlds.ts'

/** The shortest freshness; and how long what depends on it may take on a busy machine, in milliseconds. */
const REFRESH = '5s'
const PATIENCE = { timeout: 30_000 }

inBothWorlds((world) => {
  let registry: TestRegistry
  let server: Server
  let kubectl: Server['kubectl']
  const doors: FrontDoor[] = []
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    ;({ kubectl } = server)
  })
  after(async () => {
    for (const door of doors) door.close()
    await Promise.all([registry?.stop(), server?.stop()])
  })

  const door = async (intercept: Parameters<typeof frontDoor>[1] = () => false) => {
    const opened = await frontDoor(registry.host, intercept)
    doors.push(opened)
    return opened
  }
  const push = (name: string, content: string) => pushImage(registry.host, name, 'v1', { files: { content } })
  const follow = (name: string, source: string) =>
    kubectl
      .with(
        JSON.stringify({
          apiVersion: 'image.openshift.io/v1',
          kind: 'ImageStream',
          metadata: { name, annotations: { 'millrace.dev/refresh': REFRESH } },
          spec: {
            tags: [
              {
                name: 'v1',
                from: { kind: 'DockerImage', name: source },
                importPolicy: { scheduled: true, insecure: true },
              },
            ],
          },
        }),
      )
      .run('create', '-f', '-')
  const has = (name: string, digest: string) =>
    eventually(async () => {
      const newest = '{.status.tags[0].items[0].image} {.status.tags[0].conditions[0].reason}'
      assert.equal((await kubectl.run('get', 'is', name, '-o', `jsonpath=${newest}`)).trim(), digest)
    }, PATIENCE)

  const tells = (name: string, expected: readonly string[]) =>
    eventually(async () => {
      const fields = '{range .items[*]}{.type} {.reason} {.count}{"\\n"}{end}'
      const selector = `involvedObject.kind=ImageStream,involvedObject.name=${name}`
      const text = await kubectl.run('get', 'events', '--field-selector', selector, '-o', `jsonpath=${fields}`)
      assert.deepEqual(text.trim().split('\n').toSorted(), expected)
    }, PATIENCE)

  // They wait for the clock most of the time.
  describe('while time goes by', { concurrency: true }, () => {
    test('a push reaches the workload without anybody asking; what does not change costs one HEAD each time', async () => {
      const name = 'moving'
      const first = await push(name, 'one')
      const { host, requests } = await door()
      await follow(name, `${host}/${name}:v1`)
      await has(name, first.digest)
      await kubectl
        .with(JSON.stringify(workload(name, { image: 'before:1', triggers: triggersFor(`${name}:v1`, name) })))
        .run('create', '-f', '-')
      const asked = requests.length
      await eventually(() => assert.ok(requests.length >= asked + 3), PATIENCE)
      assert.deepEqual(new Set(requests.slice(asked)), new Set([`HEAD /v2/${name}/manifests/v1`]))
      const second = await push(name, 'two')
      await has(name, second.digest)
      await eventually(async () => {
        const path = 'jsonpath={.spec.template.spec.containers[0].image}'
        const image = await kubectl.run('get', 'deployment', name, '-o', path)
        assert.ok(image.endsWith(`@${second.digest}`), image)
      }, PATIENCE)
    })

    test('a registry that goes wrong is told of once, and recovery needs nobody', async () => {
      const name = 'failing'
      const { digest } = await push(name, 'one')
      let broken = false
      const { host } = await door((incoming, response) => broken && basic('nobody', 'knows')(incoming, response))
      await follow(name, `${host}/${name}:v1`)
      await has(name, digest)
      broken = true
      await has(name, `${digest} Unauthorized`)
      await tells(name, ['Warning Unauthorized 1'])
      const version = () => kubectl.run('get', 'is', name, '-o', 'jsonpath={.metadata.resourceVersion}')
      const said = await version()
      broken = false
      await has(name, digest)
      assert.notEqual(await version(), said)
      await tells(name, ['Normal ImportRecovered 1', 'Warning Unauthorized 1'])
    })

    test('a freshness that cannot be is told to whoever writes it, and at the stream', async () => {
      const name = 'soon'
      const stream = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name, annotations: { 'millrace.dev/refresh': 'soon' } },
        spec: {
          tags: [
            { name: 'v1', from: { kind: 'DockerImage', name: '127.0.0.1:1/a:v1' }, importPolicy: { scheduled: true } },
          ],
        },
      }
      const { stderr } = await kubectl.with(JSON.stringify(stream)).try('create', '-f', '-')
      assert.equal(
        stderr,
        'Warning: the annotation millrace.dev/refresh is "soon": it must be a duration from 5s to 168h, such as 30s or 10m\n',
      )
      await tells(name, ['Warning RefreshInvalid 1', 'Warning Unreachable 1'])
    })

    test('of a registry that tells that little is left checks ask less, and people import', async () => {
      const name = 'rationed'
      const first = await push(name, 'one')
      const { host, requests } = await door((_, response) => {
        response.setHeader('ratelimit-limit', '100;w=3600')
        response.setHeader('ratelimit-remaining', '30;w=3600')
        return false
      })
      await follow(name, `${host}/${name}:v1`)
      await has(name, first.digest)
      const heads = () => requests.filter((each) => each.startsWith('HEAD')).length
      const other = await door()
      await push('free', 'one')
      await follow('free', `${other.host}/free:v1`)
      const before = heads()
      // As often as this one, it were five.
      await eventually(() => assert.ok(other.requests.filter((each) => each.startsWith('HEAD')).length >= 5), {
        timeout: 60_000,
      })
      assert.ok(heads() - before <= 2, `${heads() - before}`)
      const second = await push(name, 'two')
      const order = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStreamImport',
        metadata: { name },
        spec: {
          import: true,
          images: [
            {
              from: { kind: 'DockerImage', name: `${host}/${name}:v1` },
              to: { name: 'v1' },
              importPolicy: { scheduled: true, insecure: true },
            },
          ],
        },
      }
      await kubectl.with(JSON.stringify(order)).run('create', '-f', '-')
      await has(name, second.digest)
    })
  })

  test('after a start nothing is fetched that has not changed, not even what was taken from an index', async () => {
    const name = 'manifold'
    const images = ['amd64', 'arm64'].map((architecture) => pushImage(registry.host, name, null, { architecture }))
    const { digest } = await pushIndex(registry.host, name, 'v1', await Promise.all(images))
    const { host, requests } = await door()
    await follow(name, `${host}/${name}:v1`)
    const remembered = () =>
      kubectl.run('get', 'is', name, '-o', 'jsonpath={.metadata.annotations.millrace\\.dev/imported-from}')
    await eventually(async () => assert.match(await remembered(), /^v1:[0-9a-f]{16}$/), PATIENCE)
    const image = await kubectl.run('get', 'is', name, '-o', 'jsonpath={.status.tags[0].items[0].image}')
    assert.notEqual(image, digest)
    await server.restart()
    const asked = requests.length
    await eventually(() => assert.ok(requests.length >= asked + 3), PATIENCE)
    assert.deepEqual(new Set(requests.slice(asked)), new Set(['GET /v2/', `HEAD /v2/${name}/manifests/v1`]))
  })
})
