// What is known of scheduled imports, as users ask for it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { eventually } from '../support/eventually.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const PATIENCE = { timeout: 30_000 }
const HEADER = /^NAME +REFERENCE +POLICY +REFRESH +CHECKED +NEXT +CHANGED +ERROR +DELAY$/

interface Report {
  metadata: { name: string; namespace: string }
  spec: { reference: string; refresh: string }
  status: {
    digest?: string
    lastCheck?: string
    nextCheck?: string
    lastChange?: string
    lastError?: { reason: string; message: string; since: string }
    delay?: { reason: string }
  }
}

interface RegistryReport {
  spec: object
  status: { requests: number; pullsAvoided: number; limits?: object[]; delayed?: object[] }
}

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  let kubectl: Server['kubectl']
  let millrace: Server['millrace']
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
    ;({ kubectl, millrace } = server)
    for (const namespace of ['shop', 'other']) await kubectl.run('create', 'namespace', namespace)
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  const follow = (namespace: string, name: string, tags: Readonly<Record<string, string>>) =>
    kubectl
      .with(
        JSON.stringify({
          apiVersion: 'image.openshift.io/v1',
          kind: 'ImageStream',
          metadata: { name, namespace, annotations: { 'millrace.dev/refresh': '5s' }, labels: { app: name } },
          spec: {
            tags: Object.entries(tags).map(([tag, source]) => ({
              name: tag,
              from: { kind: 'DockerImage', name: source },
              importPolicy: { scheduled: true, insecure: true },
            })),
          },
        }),
      )
      .run('create', '-f', '-')
  const report = async (name: string): Promise<Report> =>
    JSON.parse(await millrace.run('get', 'import', name, '-n', 'shop', '-o', 'json')) as Report

  test('get imports tells of each tag when it was and is checked, when it changed, and why it fails', async () => {
    const { digest } = await pushImage(registry.host, 'web', 'v1', { files: { content: 'one' } })
    await follow('shop', 'web', { v1: `${registry.host}/web:v1`, v2: '127.0.0.1:1/web:v2' })
    await follow('other', 'db', { v1: `${registry.host}/web:v1` })
    await eventually(async () => {
      const { spec, status } = await report('web:v1')
      assert.deepEqual(spec, { reference: `${registry.host}/web:v1`, refresh: '5s' })
      assert.equal(status.digest, digest)
      const [checked, next] = [Date.parse(status.lastCheck!), Date.parse(status.nextCheck!)]
      assert.ok(next >= checked && next - checked <= 6_000, `${next - checked}`)
      assert.ok(Date.parse(status.lastChange!) <= checked)
      assert.deepEqual([status.lastError, status.delay], [undefined, undefined])
    }, PATIENCE)
    await eventually(async () => {
      const { status } = await report('web:v2')
      assert.equal(status.lastError?.reason, 'Unreachable')
      assert.match(status.lastError?.message ?? '', /connection refused/)
      assert.ok(Date.parse(status.lastError.since) <= Date.now())
      assert.equal(status.delay?.reason, 'BackOff')
      assert.equal(status.lastChange, undefined)
    }, PATIENCE)
  })

  test('kubectl shows the same, in tables, by namespace, by label, as one object', async () => {
    for (const client of [kubectl, millrace]) {
      const lines = (await client.run('get', 'imports', '-n', 'shop')).trimEnd().split('\n')
      assert.match(lines[0]!, HEADER)
      assert.deepEqual(
        lines.slice(1).map((line) => line.split(/ +/).slice(0, 4).join(' ')),
        [`web:v1 ${registry.host}/web:v1 <none> 5s`, 'web:v2 127.0.0.1:1/web:v2 <none> 5s'],
      )
      assert.match(lines[2]!, / Unreachable /)
      assert.match(
        await client.run('get', 'imports', '-n', 'shop', '-o', 'wide'),
        / FAILING +MESSAGE\n.*connection refused/s,
      )
      const all = (await client.run('get', 'imports', '-A', '-o', 'name')).trim().split('\n')
      assert.equal(all.length, 3)
      const chosen = await client.run('get', 'imports', '-A', '-l', 'app=db', '-o', 'name')
      assert.equal(chosen, 'import.millrace.dev/db:v1\n')
      const { stderr } = await client.fail('get', 'import', 'none:v1', '-n', 'shop')
      assert.equal(stderr, 'Error from server (NotFound): imports.millrace.dev "none:v1" not found\n')
    }
    const page = JSON.parse(await kubectl.run('get', '--raw', '/apis/millrace.dev/v1alpha1/imports?limit=2')) as {
      metadata: { continue: string }
      items: Report[]
    }
    assert.deepEqual(
      page.items.map(({ metadata }) => metadata.name),
      ['db:v1', 'web:v1'],
    )
    assert.match(await kubectl.run('explain', 'imports.status.lastError.reason'), /A stable word/)
  })

  test('describe tells it below each tag', async () => {
    await eventually(async () => {
      const text = await millrace.run('describe', 'is', 'web', '-n', 'shop')
      assert.match(
        text,
        /^v1\n  updates automatically from registry \S+\n    checked .* ago, next in .*, for a freshness of 5s$/m,
      )
      assert.match(text, /^ {4}delayed \(BackOff\): \d+ checks have failed in a row$/m)
    }, PATIENCE)
  })

  test('get registries tells how much each of them is asked, and what that has saved', async () => {
    const name = `anonymous@${registry.host}`
    await eventually(async () => {
      const { spec, status } = JSON.parse(await millrace.run('get', 'registry', name, '-o', 'json')) as RegistryReport
      assert.deepEqual(spec, { registry: registry.host, credential: 'anonymous' })
      assert.ok(status.requests > 3 && status.pullsAvoided > 0, JSON.stringify(status))
      assert.deepEqual([status.limits, status.delayed], [undefined, undefined])
    }, PATIENCE)
    for (const client of [kubectl, millrace]) {
      const lines = (await client.run('get', 'registries.millrace.dev')).trimEnd().split('\n')
      assert.match(lines[0]!, /^NAME +REGISTRY +CREDENTIAL +REQUESTS\/H +AVOIDED\/H +LEFT +DELAYED +REASON$/)
      const own = lines.map((line) => line.split(/ +/)).find(([first]) => first === name)
      assert.deepEqual(own?.slice(1, 3), [registry.host, 'anonymous'])
      assert.deepEqual(own?.slice(5), ['<none>', '0', '<none>'])
      const { stderr } = await client.fail('get', 'registries.millrace.dev', 'nobody@nowhere')
      assert.equal(stderr, 'Error from server (NotFound): registries.millrace.dev "nobody@nowhere" not found\n')
    }
  })

  test('what is no longer scheduled is gone, and nothing of it can be written', async () => {
    await kubectl.run('delete', 'is', 'db', '-n', 'other')
    await eventually(async () => {
      const { stdout, stderr } = await kubectl.try('get', 'imports', '-n', 'other')
      assert.deepEqual([stdout, stderr], ['', 'No resources found in other namespace.\n'])
    }, PATIENCE)
    const { stderr } = await kubectl.fail('delete', 'import', 'web:v1', '-n', 'shop')
    assert.match(stderr, /MethodNotAllowed/)
  })
})
