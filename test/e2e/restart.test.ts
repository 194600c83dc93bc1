// State outlives the process, also when it is killed in the middle of its work.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { triggersFor, workload } from '../support/manifests.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const NAMESPACE = '/apis/image.openshift.io/v1/namespaces/default'
const STREAMS = `${NAMESPACE}/imagestreams`
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const pull = (letter: string) => `e.com/x/ubi@${digest(letter)}`

inEachWorld((world) => {
  let server: Server
  before(async () => (server = await world.start()))
  after(() => server?.stop())

  const stream = (name: string) => ({ metadata: { name }, spec: { lookupPolicy: { local: true } } })
  const names = async () => {
    const { items } = (await server.call('GET', STREAMS)).json() as { items: { metadata: { name: string } }[] }
    return new Set(items.map((item) => item.metadata.name))
  }

  test('a restart keeps objects, credentials and revisions', async () => {
    const { kubectl } = server
    await kubectl.with(JSON.stringify(workload('app', { image: 'example.com/app:1' }))).run('create', '-f', '-')
    await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
    assert.equal((await server.call('POST', STREAMS, stream('kept'))).status, 201)
    const read = async (object: string) => {
      const path = 'jsonpath={.metadata.uid} {.metadata.resourceVersion}'
      const [uid, version] = (await kubectl.run('get', object, '-o', path)).split(' ')
      return { uid, version: Number(version) }
    }
    const objects = ['deployment/app', 'is/kept']
    const before = await Promise.all(objects.map(read))
    assert.equal(await server.restart(), 0, 'SIGTERM ends it with 0')
    for (const [i, { uid, version }] of (await Promise.all(objects.map(read))).entries()) {
      assert.equal(uid, before[i]!.uid)
      assert.ok(version >= before[i]!.version)
    }
    await kubectl.run('scale', 'deployment/app', '--replicas=2')
    await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
  })

  test('nothing that was acknowledged is lost by kill -9 in the middle of writing', async () => {
    for (let round = 0; round < 3; round++) {
      const acknowledged: string[] = []
      const writers = Array.from({ length: 8 }, async (_, writer) => {
        for (let i = 0; i < 1_000; i++) {
          const name = `r${round}-w${writer}-${i}`
          const answer = await server.call('POST', STREAMS, stream(name)).catch(() => undefined)
          if (answer?.status !== 201) return
          acknowledged.push(name)
        }
      })
      await eventually(() => assert.ok(acknowledged.length > 40))
      await server.restart('SIGKILL')
      await Promise.all(writers)
      const kept = await names()
      assert.deepEqual(
        acknowledged.filter((name) => !kept.has(name)),
        [],
      )
    }
  })

  test('a controller that was killed in the middle of a rollout finishes it', async () => {
    const { kubectl } = server
    await kubectl
      .with(JSON.stringify(workload('big', { image: 'example.com/app:1', replicas: 5 })))
      .run('create', '-f', '-')
    await server.restart('SIGKILL')
    await kubectl.run('rollout', 'status', 'deployment/big', '--timeout=20s')
  })

  test('a tag that has moved moves its workloads, though the server is killed at once', async () => {
    assert.equal((await server.call('POST', STREAMS, stream('moving'))).status, 201)
    const push = async (letter: string) => {
      const image = { metadata: { name: digest(letter) }, dockerImageReference: pull(letter) }
      const mapping = { metadata: { name: 'moving' }, tag: '1', image }
      assert.equal((await server.call('POST', `${NAMESPACE}/imagestreammappings`, mapping)).status, 201)
    }
    const moved = (letter: string) =>
      eventually(
        async () => {
          const image = 'jsonpath={.spec.template.spec.containers[0].image}'
          assert.equal(await server.kubectl.run('get', 'deployment/behind', '-o', image), pull(letter))
        },
        { timeout: 30_000 },
      )
    await push('a')
    const behind = workload('behind', { image: 'e.com/x:0', replicas: 0, triggers: triggersFor('moving:1', 'behind') })
    await server.kubectl.with(JSON.stringify(behind)).run('create', '-f', '-')
    await moved('a')
    await push('b')
    await server.restart('SIGKILL')
    await moved('b')
  })

  test('a watch that the restart broke can go on from where it was', { skip: world.lacks('history') }, async () => {
    const list = (await server.call('GET', STREAMS)).json() as { metadata: { resourceVersion: string } }
    await server.call('POST', STREAMS, stream('after-list'))
    await server.restart('SIGKILL')
    const query = `watch=1&timeoutSeconds=1&resourceVersion=${list.metadata.resourceVersion}`
    const answer = await server.call('GET', `${STREAMS}?${query}`)
    assert.equal(answer.status, 200)
    const [first] = answer.text.split('\n').map((line) => (line ? (JSON.parse(line) as unknown) : undefined))
    assert.partialDeepStrictEqual(first, { type: 'ADDED', object: { metadata: { name: 'after-list' } } })
  })

  const isRefused = async (line: readonly string[]) => {
    assert.match((await server.millrace.fail(...line)).stderr, /^[^\n]+\n$/)
    assert.match(await server.kubectl.run('get', 'is', 'kept'), /^kept /m, 'the first one goes on')
  }

  test('a second server on the same port is refused in one line', () =>
    isRefused(server.startLine(Number(new URL(server.own.url).port), `${server.directory}/other`)))

  test('a second server on the same data directory is refused in one line', { skip: world.lacks('history') }, () =>
    isRefused(server.startLine(0, server.dataDirectory)),
  )
})
