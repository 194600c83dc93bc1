// Configured rates, by the registry's own log: never exceeded, whoever is killed and however many servers ask.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { after, before, describe, test } from 'node:test'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { type Installation, type Replica, startInstallation } from '../support/installation.ts'
import { type MisbehavingRegistry, startMisbehavingRegistry } from '../support/misbehavingRegistry.ts'
import type { Answer } from '../support/plainRequest.ts'
import { temporaryDirectory } from '../support/processes.ts'
import { type Standalone, startStandalone } from '../support/standalone.ts'

const PATIENCE = { timeout: 60_000 }
/** Of the registry, in milliseconds. */
const RATE = { requests: 6, per: 10_000 }
/** How long it is asked as much as users can, in milliseconds: for more than two spans of the rate. */
const LASTS = 25_000
const IMPORTS = '/apis/image.openshift.io/v1/namespaces/default/imagestreamimports'

const said = ({ host }: MisbehavingRegistry): string => {
  const file = join(temporaryDirectory('rates'), 'registries.yaml')
  writeFileSync(file, `registries: [{ prefix: '${host}', rate: ${RATE.requests}/${RATE.per / 1_000}s }]`)
  return file
}
const importPolicy = { scheduled: true, insecure: true }
const importOf = ({ host }: MisbehavingRegistry, tag: string) => ({
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStreamImport',
  metadata: { name: 'app' },
  spec: {
    import: true,
    images: [{ from: { kind: 'DockerImage', name: `${host}/app:${tag}` }, to: { name: tag }, importPolicy }],
  },
})
/** Checked as often as may be, with the imports that they cause. */
const followed = ({ host }: MisbehavingRegistry) => ({
  apiVersion: 'image.openshift.io/v1',
  kind: 'ImageStream',
  metadata: { name: 'followed', annotations: { 'millrace.dev/refresh': '5s' } },
  spec: {
    tags: ['v0', 'v1', 'v2'].map((name) => ({
      name,
      from: { kind: 'DockerImage', name: `${host}/app:${name}` },
      importPolicy,
    })),
  },
})

/** Most requests that the registry has heard in one span of the rate. */
function most({ log }: MisbehavingRegistry): number {
  const times = log.requests.map(({ at }) => at)
  return Math.max(0, ...times.map((end) => times.filter((at) => at > end - RATE.per && at <= end).length))
}

/** Asks for one import after the other, of tags that are new, by whoever is there. */
async function demand(
  registry: MisbehavingRegistry,
  send: (body: object, i: number) => Promise<unknown>,
): Promise<void> {
  const end = performance.now() + LASTS
  for (let i = 0; performance.now() < end; i++) {
    registry.move('app', `t${i}`, `seed ${i}`)
    registry.move('app', `v${i % 3}`, `moved ${i}`)
    // One that is killed meanwhile does not answer.
    send(importOf(registry, `t${i}`), i).catch(() => undefined)
    await pause(700)
  }
}

describe('a configured rate', { concurrency: true }, () => {
  test('is not exceeded by standalone that is killed and begins again', async (t) => {
    const registry = await startMisbehavingRegistry()
    t.after(() => registry.close())
    for (const tag of ['v0', 'v1', 'v2']) registry.move('app', tag, tag)
    const server: Standalone = await startStandalone(['--registries', said(registry)])
    t.after(() => server.stop('SIGKILL'))
    await server.kubectl.with(JSON.stringify(followed(registry))).run('create', '-f', '-')
    const asking = demand(registry, (body) => server.call('POST', IMPORTS, body))
    await eventually(() => assert.ok(registry.log.count() >= 5), PATIENCE)
    await server.restart('SIGKILL')
    // What the one before has sent, or might have, counts.
    const [limit] = await eventually(async () => {
      const list = JSON.parse(await server.kubectl.run('get', 'registries', '-o', 'json')) as {
        items: { status: { limits: { from: string; remaining: number }[] } }[]
      }
      const { limits } = list.items[0]!.status
      assert.equal(limits[0]?.from, 'configuration')
      return limits
    }, PATIENCE)
    assert.ok(limit!.remaining <= RATE.requests - 5, `${limit!.remaining}`)
    await asking
    await server.restart('SIGTERM')
    const heard = registry.log.count()
    await eventually(() => assert.ok(registry.log.count() > heard), PATIENCE)
    assert.ok(most(registry) <= RATE.requests, `${most(registry)}`)
    t.diagnostic(`${registry.log.count()} requests, at most ${most(registry)} in a span`)
  })

  describe('in a cluster', { skip: withoutControlPlane }, () => {
    let here: Installation
    let registry: MisbehavingRegistry
    let replicas: Replica[]
    before(async () => {
      ;[here, registry] = await Promise.all([startInstallation(), startMisbehavingRegistry()])
      for (const tag of ['v0', 'v1', 'v2']) registry.move('app', tag, tag)
      const first = await here.leader('--registries', said(registry))
      replicas = [first, await here.replica()]
      for (const replica of replicas)
        await eventually(
          async () => assert.equal((await ask(replica, 'GET', IMPORTS.replace('imports', 's'))).status, 200),
          PATIENCE,
        )
    })
    after(() => Promise.all([here?.stop(), registry?.close()]))

    const ask = (to: Replica, method: string, path: string, body?: object): Promise<Answer> =>
      here.ask(to, { method, path, body })

    test('is not exceeded by two servers, one of which is killed', async (t) => {
      await here.kubectl.with(JSON.stringify(followed(registry))).run('create', '-f', '-')
      const asking = demand(registry, (body, i) => ask(replicas[i % 2]!, 'POST', IMPORTS, body))
      await eventually(() => assert.ok(registry.log.count() >= 5), PATIENCE)
      await pause(RATE.per)
      await replicas[0]!.stop('SIGKILL')
      replicas[0] = await here.replica()
      await asking
      const heard = registry.log.count()
      await eventually(() => assert.ok(registry.log.count() > heard), PATIENCE)
      assert.ok(most(registry) <= RATE.requests, `${most(registry)}`)
      t.diagnostic(`${registry.log.count()} requests, at most ${most(registry)} in a span`)
      const map = ['get', 'configmap', 'millrace-rates', '-n', 'millrace', '-o', 'jsonpath={.data.rates\\.json}']
      const record = await here.kubectl.run(...map)
      assert.match(record, /^\{"[0-9a-f]{24}":\{"per":10000,"grants":\[\[/)
      assert.ok(!record.includes(registry.host))
    })
  })
})
