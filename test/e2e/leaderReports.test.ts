// What is known of scheduled imports, asked of a server that does not lead. Servers run with the rights that an installation gives.
import assert from 'node:assert/strict'
import { createServer, type Server as HttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { startInstallation, type Installation, type Replica } from '../support/installation.ts'
import type { Answer } from '../support/plainRequest.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import { selfSigned } from '../support/selfSigned.ts'

const PATIENCE = { timeout: 60_000 }
const ALL = '/apis/millrace.dev/v1alpha1/imports'
const LEASE = ['lease', 'millrace-controllers', '-n', 'millrace']

interface List {
  items: { metadata: { name: string }; status: { lastCheck?: string } }[]
}

describe('what is known of imports, in a cluster', { skip: withoutControlPlane }, () => {
  let here: Installation
  let registry: TestRegistry
  let kubectl: Installation['kubectl']
  let leader: Replica
  let other: Replica
  before(async () => {
    ;[here, registry] = await Promise.all([startInstallation(), startRegistry()])
    kubectl = here.kubectl
    leader = await here.leader()
    await pushImage(registry.host, 'web', 'v1', { files: { content: 'one' } })
    await kubectl.run('create', 'namespace', 'shop')
    const tag = { name: 'v1', from: { kind: 'DockerImage', name: `${registry.host}/web:v1` } }
    const stream = {
      apiVersion: 'image.openshift.io/v1',
      kind: 'ImageStream',
      metadata: { name: 'web', namespace: 'shop', annotations: { 'millrace.dev/refresh': '5s' } },
      spec: { tags: [{ ...tag, importPolicy: { scheduled: true, insecure: true } }] },
    }
    await kubectl.with(JSON.stringify(stream)).run('create', '-f', '-')
    other = await here.replica()
    await here.direct(other)
    await eventually(async () => assert.equal((await ask(other, await admin())).status, 200), PATIENCE)
  })
  after(() => Promise.all([here?.stop(), registry?.stop()]))

  const tokenOf = async (account: string) => (await kubectl.run('create', 'token', account, '-n', 'shop')).trim()
  let known: Promise<string> | undefined
  /** A token that may do everything. */
  const admin = () =>
    (known ??= (async () => {
      await kubectl.run('create', 'serviceaccount', 'root', '-n', 'shop')
      await kubectl.run(
        'create',
        'clusterrolebinding',
        'root',
        '--clusterrole=cluster-admin',
        '--serviceaccount=shop:root',
      )
      return await tokenOf('root')
    })())
  /** Asks a server itself, once. */
  const ask = (to: Replica, token: string | undefined, path = ALL): Promise<Answer> =>
    here.ask(to, { method: 'GET', path }, token === undefined ? {} : { token })

  test('a server that does not lead asks the one that does, as itself', async () => {
    const checked = await eventually(async () => {
      const [own, asked] = [await ask(leader, await admin()), await ask(other, await admin())]
      const [mine, theirs] = [own.json() as List, asked.json() as List]
      const { name } = mine.items[0]!.metadata
      assert.equal(name, 'web:v1')
      assert.ok(mine.items[0]!.status.lastCheck)
      assert.deepEqual(theirs, mine)
      return theirs
    }, PATIENCE)
    assert.equal(checked.items.length, 1)
    assert.equal(other.stderr().includes('"leading"'), false)
    const one = await ask(other, await admin(), '/apis/millrace.dev/v1alpha1/namespaces/shop/imports/web:v1')
    assert.equal((one.json() as List['items'][number]).metadata.name, 'web:v1')
    const none = await ask(other, await admin(), '/apis/millrace.dev/v1alpha1/namespaces/shop/imports/web:v2')
    assert.deepEqual(
      [none.status, (none.json() as { message: string }).message],
      [404, 'imports.millrace.dev "web:v2" not found'],
    )
    // The aggregator looks every now and then where its requests can go.
    await eventually(
      async () => assert.match(await kubectl.run('get', 'imports', '-A'), /^NAMESPACE .*\nshop +web:v1 /),
      PATIENCE,
    )
  })

  test('registries are those of the server that leads, whoever is asked, and for those with the role alone', async () => {
    const path = '/apis/millrace.dev/v1alpha1/registries'
    const [own, asked] = await eventually(async () => {
      const answers = [await ask(leader, await admin(), path), await ask(other, await admin(), path)] as const
      assert.deepEqual(answers[1].json(), answers[0].json())
      return answers
    }, PATIENCE)
    assert.deepEqual([own.status, asked.status], [200, 200])
    const { items } = asked.json() as List
    assert.deepEqual(
      items.map(({ metadata }) => metadata.name),
      [`anonymous@${registry.host}`],
    )
    await kubectl.run('create', 'serviceaccount', 'watcher', '-n', 'shop')
    const watcher = ['registries.millrace.dev', '--as=system:serviceaccount:shop:watcher']
    await kubectl.run('create', 'clusterrolebinding', 'editor', '--clusterrole=edit', '--serviceaccount=shop:watcher')
    assert.match(
      (await kubectl.fail('get', ...watcher)).stderr,
      /\(Forbidden\): registries\.millrace\.dev is forbidden/,
    )
    const role = '--clusterrole=millrace:registry-viewer'
    await kubectl.run('create', 'clusterrolebinding', 'watcher', role, '--serviceaccount=shop:watcher')
    await eventually(async () => assert.match(await kubectl.run('get', ...watcher), /^NAME .*\nanonymous@/), PATIENCE)
  })

  test('what is said of registries changes the freshness of tags that have none of their own, without a restart', async () => {
    const tag = { name: 'v1', from: { kind: 'DockerImage', name: `${registry.host}/web:v1` } }
    const metadata = { name: 'plain', namespace: 'other' }
    const tags = [{ ...tag, importPolicy: { scheduled: true, insecure: true } }]
    const stream = { apiVersion: 'image.openshift.io/v1', kind: 'ImageStream', metadata, spec: { tags } }
    await kubectl.run('create', 'namespace', 'other')
    await kubectl.with(JSON.stringify(stream)).run('create', '-f', '-')
    const shows = (refresh: string) =>
      eventually(async () => {
        const path = 'jsonpath={.items[*].spec.refresh}'
        assert.equal(await kubectl.run('get', 'imports', '-n', 'other', '-o', path), refresh)
      }, PATIENCE)
    await shows('1m')
    const map = ['configmap', 'millrace-registries', '-n', 'millrace']
    await kubectl.run('create', ...map, '--from-literal=registries.yaml=refresh: 20s')
    await shows('20s')
    await kubectl.run('delete', ...map)
    await shows('1m')
    await kubectl.run('delete', 'namespace', 'other', '--wait=false')
  })

  test('users see what their roles say, and through the leader no more', async () => {
    await kubectl.run('create', 'serviceaccount', 'viewer', '-n', 'shop')
    await kubectl.run('create', 'serviceaccount', 'stranger', '-n', 'shop')
    await kubectl.run(
      'create',
      'rolebinding',
      'viewer',
      '-n',
      'shop',
      '--clusterrole=view',
      '--serviceaccount=shop:viewer',
    )
    const as = (account: string) => [`--as=system:serviceaccount:shop:${account}`]
    await eventually(
      async () => assert.match(await kubectl.run('get', 'imports', '-n', 'shop', ...as('viewer')), /web:v1/),
      PATIENCE,
    )
    for (const args of [
      ['-A', ...as('viewer')],
      ['-n', 'shop', ...as('stranger')],
    ])
      assert.match(
        (await kubectl.fail('get', 'imports', ...args)).stderr,
        /\(Forbidden\): imports\.millrace\.dev is forbidden/,
      )
    for (const [token, status] of [
      [undefined, 401],
      [await tokenOf('stranger'), 403],
      [await admin(), 200],
    ] as const)
      assert.equal((await ask(leader, token, `/leader${ALL}`)).status, status)
    // Who does not lead answers nothing there: requests do not go round.
    assert.equal((await ask(other, await admin(), `/leader${ALL}`)).status, 503)
    assert.equal((await ask(leader, await admin(), '/leader/apis/image.openshift.io/v1/imagestreams')).status, 404)
  })

  test('a lease that names another address leads no token there', async () => {
    const heard: string[] = []
    const { key, cert } = await selfSigned()
    const rogue: HttpsServer = createServer({ key, cert }, (request, response) => {
      heard.push(String(request.headers.authorization))
      response.end('{}')
    }).listen(0, '127.0.0.1')
    try {
      await eventually(() => assert.ok(rogue.listening))
      const address = `127.0.0.1:${(rogue.address() as AddressInfo).port}`
      await eventually(async () => {
        await kubectl.run('annotate', ...LEASE, '--overwrite', `millrace.dev/address=${address}`)
        const answer = await ask(other, await admin())
        assert.equal(answer.status, 503)
        const { message } = answer.json() as { message: string }
        assert.match(message, /not known at the moment: the server that leads cannot be asked$/)
      }, PATIENCE)
      assert.deepEqual(heard, [])
      // The leader puts it right when it renews.
      await eventually(async () => assert.equal((await ask(other, await admin())).status, 200), PATIENCE)
    } finally {
      rogue.close()
    }
  })

  test('while the leader does not answer, nobody waits for long; the next leader knows', async () => {
    process.kill(leader.pid, 'SIGSTOP')
    try {
      const begun = performance.now()
      const answer = await ask(other, await admin())
      assert.equal(answer.status, 503)
      assert.ok(performance.now() - begun < 8_000, `${performance.now() - begun} ms`)
      assert.equal(answer.headers['retry-after'], '1')
      await eventually(async () => {
        const again = await ask(other, await admin())
        assert.equal(again.status, 200)
        assert.ok((again.json() as List).items[0]?.status.lastCheck)
      }, PATIENCE)
      assert.match(other.stderr(), /"leading"/)
    } finally {
      process.kill(leader.pid, 'SIGCONT')
    }
    // The old one has seen by now that it is no longer, and asks the new one.
    await eventually(async () => assert.equal((await ask(leader, await admin())).status, 200), PATIENCE)
  })
})
