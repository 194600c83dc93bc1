// Policies, as users see them: a newer version is rolled out, an older one is not, and what is wrong is said.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { triggersFor, workload } from '../support/manifests.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

/** How long what depends on a freshness of 5 s may take on a busy machine, in milliseconds. */
const PATIENCE = { timeout: 30_000 }

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  let kubectl: Server['kubectl']
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    ;({ kubectl } = server)
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  const push = (name: string, tag: string) => pushImage(registry.host, name, tag, { files: { content: tag } })
  const manifest = (name: string, policy: string) =>
    JSON.stringify({
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name, annotations: { 'millrace.dev/refresh': '5s' } },
      spec: {
        tags: [
          {
            name: 'stable',
            annotations: { 'millrace.dev/policy': policy, 'millrace.dev/filter': 'v{version}' },
            from: { kind: 'DockerImage', name: `${registry.host}/${name}:v1.0.0` },
            importPolicy: { scheduled: true, insecure: true },
          },
        ],
      },
    })
  const get = (name: string, path: string) => kubectl.run('get', 'is', name, '-o', `jsonpath=${path}`)
  const has = (name: string, expected: string) =>
    eventually(async () => {
      const path = '{.status.tags[0].items[0].image} {.status.tags[0].conditions[0].reason}'
      assert.equal((await get(name, path)).trim(), expected)
    }, PATIENCE)

  test('the newest version of a range reaches the workload, an older one changes nothing, applying again does no harm', async () => {
    const name = 'ranged'
    const first = await push(name, 'v1.0.0')
    await push(name, 'v2.0.0')
    await push(name, '1.9.0')
    await kubectl.with(manifest(name, 'semver:^1')).run('apply', '-f', '-')
    await has(name, first.digest)
    const deployment = workload(name, { image: 'before:1', triggers: triggersFor(`${name}:stable`, name) })
    await kubectl.with(JSON.stringify(deployment)).run('create', '-f', '-')
    const second = await push(name, 'v1.10.0')
    await has(name, second.digest)
    await eventually(async () => {
      const image = await kubectl.run('get', 'deploy', name, '-o', 'jsonpath={.spec.template.spec.containers[0].image}')
      assert.ok(image.endsWith(`@${second.digest}`), image)
    }, PATIENCE)
    await push(name, 'v1.9.9')
    const choices = await get(name, '{.metadata.annotations.millrace\\.dev/choices}')
    assert.equal((JSON.parse(choices) as { stable: { tag: string } }).stable.tag, 'v1.10.0')
    assert.equal(await get(name, '{.spec.tags[0].from.name}'), `${registry.host}/${name}:v1.0.0`)
    await kubectl.with(manifest(name, 'semver:^1')).run('apply', '-f', '-')
    await kubectl.with(manifest(name, 'semver:^1')).run('replace', '-f', '-')
    assert.equal(await get(name, '{.metadata.annotations.millrace\\.dev/choices}'), choices)
    const third = await push(name, 'v1.11.0')
    await has(name, third.digest)
    assert.equal((await get(name, '{.status.tags[0].items[*].image}')).split(' ').length, 3)
  })

  test('a policy that is wrong is a warning and a condition, and goes on when it is right', async () => {
    const name = 'wrong'
    const { digest } = await push(name, 'v1.0.0')
    const said = await kubectl.with(manifest(name, 'newest')).try('apply', '-f', '-')
    assert.match(
      said.stderr,
      /Warning: tag stable: the annotation millrace\.dev\/policy is "newest": it must be semver:RANGE/,
    )
    await has(name, 'InvalidPolicy')
    await kubectl.with(manifest(name, 'semver')).run('apply', '-f', '-')
    await has(name, digest)
  })
})
