// Hundreds of hosts that accept connections and stay silent, all named by scheduled tags, beside one that answers.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { startStandalone } from '../../src/app/standalone.ts'
import type { ImageStream } from '../../src/core/image/types.ts'
import { silent } from '../../src/core/machinery/log.ts'
import { eventually } from '../support/eventually.ts'
import { startFakeRegistry } from '../support/fakeRegistry.ts'
import { temporaryDirectory } from '../support/processes.ts'

const NAMESPACE = 'default'
const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
const HOSTS = 500
const STREAM_TAGS = 100
/** Of checks and of imports 64 each are for what has not answered; and TLS that nobody waits for any more ends after ten seconds. */
const MOST = 256

async function silentHosts(t: TestContext) {
  const sockets = new Set<Socket>()
  const asked = new Set<number>()
  let most = 0
  const servers = Array.from({ length: HOSTS }, () => createServer())
  for (const server of servers) {
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    server.on('connection', (socket) => {
      asked.add(port)
      sockets.add(socket)
      most = Math.max(most, sockets.size)
      socket.resume().on('error', () => undefined)
      socket.once('close', () => void sockets.delete(socket))
    })
  }
  t.after(() => {
    for (const server of servers) server.close()
    for (const socket of sockets) socket.destroy()
  })
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  return { ports, asked, most: () => most }
}

const streamOf = (name: string, sources: readonly string[]) => {
  const importPolicy = { scheduled: true, insecure: true }
  const tags = sources.map((source, i) => ({
    name: `v${i}`,
    from: { kind: 'DockerImage', name: source },
    importPolicy,
  }))
  return { metadata: { name }, spec: { tags } }
}

test('five hundred silent hosts take a bounded number of connections, and a host that answers is followed as ever', async (t) => {
  const registry = await startFakeRegistry()
  const hosts = await silentHosts(t)
  const dataDir = join(temporaryDirectory('silent'), 'data')
  const server = await startStandalone({ port: 0, dataDir, refresh: 10_000, log: silent })
  t.after(async () => {
    await server.close()
    await registry.close()
  })
  const target = { resource: STREAMS, namespace: NAMESPACE }
  const isGood = async (digest: string): Promise<void> => {
    const { status } = await server.client.get<ImageStream>({ ...target, name: 'good' })
    const [tag] = status?.tags ?? []
    assert.equal(tag?.items?.[0]?.image, digest)
    assert.deepEqual(tag?.conditions ?? [], [])
  }
  const before = registry.content.image('app', 'v1', 'before')
  await server.client.create(target, streamOf('good', [`${registry.host}/app:v1`]))
  await eventually(() => isGood(before.digest))
  for (let i = 0; i < HOSTS; i += STREAM_TAGS) {
    const sources = hosts.ports.slice(i, i + STREAM_TAGS).map((port) => `127.0.0.1:${port}/app:v1`)
    await server.client.create(target, streamOf(`silent${i}`, sources))
  }
  await eventually(() => assert.ok(hosts.asked.size >= 64))
  for (const content of ['first', 'second']) {
    const { digest } = registry.content.image('app', 'v1', content)
    await eventually(() => isGood(digest), { timeout: 30_000 })
  }
  t.diagnostic(`${hosts.asked.size} silent hosts were asked, ${hosts.most()} at once`)
  assert.ok(hosts.most() <= MOST, `${hosts.most()} connections at once`)
})
