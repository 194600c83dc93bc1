// State outlives the process, also when it is killed in the middle of its work.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { workload } from '../support/manifests.ts'
import { startStandalone, type Standalone } from '../support/standalone.ts'

const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'

let server: Standalone
before(async () => (server = await startStandalone()))
after(() => server?.stop())

const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data: { name } })
const names = async () => {
  const { items } = (await server.call('GET', CONFIGMAPS)).json() as { items: { metadata: { name: string } }[] }
  return new Set(items.map((item) => item.metadata.name))
}

test('a restart keeps objects, credentials and revisions', async () => {
  const { kubectl } = server
  await kubectl.with(JSON.stringify(workload('app', { image: 'example.com/app:1' }))).run('create', '-f', '-')
  await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
  const before = await kubectl.run(
    'get',
    'deployment/app',
    '-o',
    'jsonpath={.metadata.uid} {.metadata.resourceVersion}',
  )
  assert.equal(await server.stop(), 0, 'SIGTERM ends it with 0')
  await server.restart()
  const [uid, revision] = (
    await kubectl.run('get', 'deployment/app', '-o', 'jsonpath={.metadata.uid} {.metadata.resourceVersion}')
  ).split(' ')
  assert.equal(uid, before.split(' ')[0])
  assert.ok(Number(revision) >= Number(before.split(' ')[1]))
  await kubectl.run('scale', 'deployment/app', '--replicas=2')
  await kubectl.run('rollout', 'status', 'deployment/app', '--timeout=20s')
})

test('nothing that was acknowledged is lost by kill -9 in the middle of writing', async () => {
  for (let round = 0; round < 3; round++) {
    const acknowledged: string[] = []
    const writers = Array.from({ length: 8 }, async (_, writer) => {
      for (let i = 0; i < 1_000; i++) {
        const name = `r${round}-w${writer}-${i}`
        const answer = await server.call('POST', CONFIGMAPS, configMap(name)).catch(() => undefined)
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

test('a watch that the restart broke can go on from where it was', async () => {
  const list = (await server.call('GET', CONFIGMAPS)).json() as { metadata: { resourceVersion: string } }
  await server.call('POST', CONFIGMAPS, configMap('after-list'))
  await server.restart('SIGKILL')
  const query = `watch=1&timeoutSeconds=1&resourceVersion=${list.metadata.resourceVersion}`
  const answer = await server.call('GET', `${CONFIGMAPS}?${query}`)
  assert.equal(answer.status, 200)
  const [first] = answer.text.split('\n').map((line) => (line ? (JSON.parse(line) as unknown) : undefined))
  assert.partialDeepStrictEqual(first, { type: 'ADDED', object: { metadata: { name: 'after-list' } } })
})

test('a second server on the same data directory, or port, is refused in one line', async () => {
  const data = ['--data-dir', `${server.directory}/data`]
  const { port } = new URL(server.url)
  for (const args of [
    ['--port', '0', ...data],
    ['--port', port, '--data-dir', `${server.directory}/other`],
  ]) {
    const outcome = await server.millrace.fail('standalone', ...args)
    assert.match(outcome.stderr, /^[^\n]+\n$/)
  }
})
