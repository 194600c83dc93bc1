// Webhooks that reach a server that does not lead: they cost what they cost at the one that does.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import type { ImageStream } from '../../src/core/image/types.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation, type Replica } from '../support/installation.ts'
import { tooManyRequests } from '../support/misbehaviours.ts'
import { startMisbehavingRegistry, type MisbehavingRegistry } from '../support/misbehavingRegistry.ts'
import type { RequestKind } from '../support/registryLog.ts'
import type { Answer } from '../support/plainRequest.ts'

const PATIENCE = { timeout: 60_000 }
const SECRET = 'a-secret-of-the-receiver'
/** Namespaces that follow the same tag. */
const FOLLOWERS = 10

describe('webhooks, in a cluster', { skip: withoutControlPlane }, () => {
  let here: Installation
  let registry: MisbehavingRegistry
  let kubectl: Installation['kubectl']
  let leader: Replica
  let other: Replica

  before(async () => {
    ;[here, registry] = await Promise.all([startInstallation(), startMisbehavingRegistry()])
    kubectl = here.kubectl
    leader = await here.leader()
    const receiver = ['secret', 'ci', '-n', 'millrace']
    await kubectl.run('create', 'secret', 'generic', 'ci', '-n', 'millrace', `--from-literal=token=${SECRET}`)
    await kubectl.run('label', ...receiver, 'millrace.dev/receiver=generic')
    const first = registry.move('team/app', 'v1', 'one')
    const from = { kind: 'DockerImage', name: `${registry.host}/team/app:v1` }
    const tags = [{ name: 'v1', from, importPolicy: { scheduled: true, insecure: true } }]
    const annotations = { 'millrace.dev/refresh': '24h' }
    const items = Array.from({ length: FOLLOWERS }, (_, i) => `ns${i}`).flatMap((namespace) => [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
      {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name: 'app', namespace, annotations },
        spec: { tags },
      },
    ])
    await kubectl.with(JSON.stringify({ apiVersion: 'v1', kind: 'List', items })).run('create', '-f', '-')
    other = await here.replica()
    await eventually(() => assert.match(other.stderr(), /the server is ready/), PATIENCE)
    await everybodyHas(first.digest)
    registry.log.clear()
    // Both know the receiver from now on.
    for (const each of [leader, other])
      await eventually(async () => assert.equal((await deliver(each, `begin ${each.port}`)).status, 202), PATIENCE)
    await asked({ manifestHead: 2 })
  })
  after(() => Promise.all([here?.stop(), registry?.close()]))

  /** A delivery, signed as a CI job would: with another number it is another one. */
  const deliver = (to: Replica, id: string): Promise<Answer> => {
    const body = JSON.stringify({ repository: `${registry.host}/team/app`, tag: 'v1', id })
    const signature = createHmac('sha256', SECRET).update(body).digest('hex')
    const headers = { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` }
    return here.ask(to, { method: 'POST', path: '/hooks/ci', body, headers }, {})
  }
  /** Awaits that the registry has been asked this since this was last awaited, and nothing else. */
  async function asked(counts: Partial<Record<RequestKind, number>>): Promise<void> {
    await eventually(() => assert.deepEqual(registry.log.counts(), counts), PATIENCE)
    registry.log.clear()
  }
  async function everybodyHas(digest: string): Promise<void> {
    await eventually(async () => {
      const { items } = JSON.parse(await kubectl.run('get', 'is', '-A', '-o', 'json')) as { items: ImageStream[] }
      const digests = items.map(({ status }) => status.tags?.[0]?.items?.[0]?.image)
      assert.deepEqual(
        digests,
        Array.from({ length: FOLLOWERS }, () => digest),
      )
    }, PATIENCE)
  }

  test('a delivery to the server that does not lead costs one request for all who follow the tag', async () => {
    const { status, text } = await deliver(other, 'unchanged')
    assert.deepEqual([status, JSON.parse(text)], [202, { recognised: 1, tracked: 1 }])
    await asked({ manifestHead: 1 })
    assert.doesNotMatch(other.stderr(), /"leading"/)
  })

  test('it counts once, whichever of them hears it again', async () => {
    const repeated = { recognised: 1, tracked: 0, repeated: true }
    for (const [first, second] of [
      [leader, other],
      [other, leader],
    ] as const) {
      const id = `recorded by ${second.port}`
      assert.deepEqual((await deliver(first, id)).json(), { recognised: 1, tracked: 1 })
      assert.deepEqual((await deliver(second, id)).json(), repeated)
      assert.deepEqual((await deliver(first, id)).json(), repeated)
      await asked({ manifestHead: 1 })
    }
  })

  test('what was pushed is looked for at once, and gets everywhere', async () => {
    const { digest } = registry.move('team/app', 'v1', 'two')
    const begun = performance.now()
    assert.equal((await deliver(other, 'moved')).status, 202)
    await everybodyHas(digest)
    const first = registry.log.requests[0]!
    assert.equal(first.kind, 'manifestHead')
    assert.ok(first.at - begun < 1_000, `${first.at - begun} ms`)
    registry.log.clear()
  })

  test('a registry that wants to be left alone is, whichever of them is told', async () => {
    registry.misbehave(tooManyRequests({ retryAfter: 600 }))
    assert.equal((await deliver(other, 'busy')).status, 202)
    await asked({ manifestHead: 1 })
    for (const [to, id] of [
      [other, 'busy 2'],
      [leader, 'busy 3'],
      [other, 'busy 4'],
    ] as const)
      assert.equal((await deliver(to, id)).status, 202)
    // The streams that they import from another registry are there when all that has been told before would have been asked.
    const elsewhere = await startMisbehavingRegistry()
    try {
      const { digest } = elsewhere.move('app', 'v1', 'elsewhere')
      await kubectl.run('create', 'namespace', 'elsewhere')
      const from = { kind: 'DockerImage', name: `${elsewhere.host}/app:v1` }
      const stream = {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStream',
        metadata: { name: 'app', namespace: 'elsewhere' },
        spec: { tags: [{ name: 'v1', from, importPolicy: { insecure: true } }] },
      }
      await kubectl.with(JSON.stringify(stream)).run('create', '-f', '-')
      await eventually(async () => {
        const path = 'jsonpath={.status.tags[0].items[0].image}'
        assert.equal(await kubectl.run('get', 'is', 'app', '-n', 'elsewhere', '-o', path), digest)
      }, PATIENCE)
    } finally {
      await elsewhere.close()
    }
    assert.deepEqual(registry.log.counts(), {})
    const events = await kubectl.run('get', 'events', '-A', '-o', 'jsonpath={.items[*].reason}')
    assert.doesNotMatch(events, /RateLimited|ImportFailed/)
    registry.behave()
  })

  test('while the leader does not answer, senders are told to come again, and the next one takes what they bring', async () => {
    process.kill(leader.pid, 'SIGSTOP')
    try {
      const begun = performance.now()
      const { status, headers } = await deliver(other, 'again')
      assert.deepEqual([status, headers['retry-after']], [503, '5'])
      assert.ok(performance.now() - begun < 6_000, `${performance.now() - begun} ms`)
      await eventually(async () => {
        const again = await deliver(other, 'again')
        assert.deepEqual([again.status, again.json()], [202, { recognised: 1, tracked: 1 }])
      }, PATIENCE)
      assert.match(other.stderr(), /"leading"/)
      // The process asks the registry for the first time.
      await asked({ ping: 1, manifestHead: 1 })
      assert.equal((await deliver(other, 'recorded')).status, 202)
    } finally {
      process.kill(leader.pid, 'SIGCONT')
    }
    // The old one has seen by now that it is no longer, and hands on.
    await eventually(async () => {
      assert.deepEqual((await deliver(leader, 'recorded')).json(), { recognised: 1, tracked: 0, repeated: true })
    }, PATIENCE)
  })
})
