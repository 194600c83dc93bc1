// Image streams of a real cluster: who may see them, and what happens when parts of it go away.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { startCluster, type Cluster } from '../support/cluster.ts'
import { withoutControlPlane } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { freePort } from '../support/freePort.ts'
import { launch } from '../support/processes.ts'
import { MILLRACE } from '../support/server.ts'

const GROUP = 'image.openshift.io/v1'
const stream = (name: string, more: object = {}) =>
  JSON.stringify({
    apiVersion: GROUP,
    kind: 'ImageStream',
    metadata: { name, ...more },
    spec: { tags: [{ name: 'v1', reference: true, from: { kind: 'DockerImage', name: 'example.com/a/b:1' } }] },
  })

const SERVICE = ['get', 'service', 'millrace', '-n', 'millrace', '-o', 'json']
interface Service {
  spec: { externalName: string; ports: { port: number }[] }
}

describe('a cluster', { skip: withoutControlPlane }, () => {
  let cluster: Cluster
  let kubectl: Cluster['kubectl']
  before(async () => {
    cluster = await startCluster()
    kubectl = cluster.kubectl
    await kubectl.with(stream('web')).run('create', '-f', '-')
  })
  after(() => cluster?.stop())

  test('keeps streams as custom resources that show what they hold', async () => {
    const stored = [
      'get',
      'storedimagestreams.storage.millrace.dev',
      'web',
      '-o',
      'jsonpath={.object.spec.tags[0].name}',
    ]
    assert.equal(await kubectl.run(...stored), 'v1')
    const version = (kind: string) => kubectl.run('get', kind, 'web', '-o', 'jsonpath={.metadata.resourceVersion}')
    assert.equal(await version('is'), await version('storedimagestreams'))
  })

  test('lets users do what its roles allow, and nothing else', async () => {
    const jane = ['--as=jane', '--as-group=team']
    assert.match((await kubectl.fail('get', 'is', ...jane)).stderr, /User "jane" cannot list resource "imagestreams"/)
    assert.match(await kubectl.try('auth', 'can-i', 'get', 'is', ...jane).then(({ stdout }) => stdout), /^no/)
    await kubectl.run('create', 'role', 'reader', '--verb=get,list', '--resource=imagestreams.image.openshift.io')
    await kubectl.run('create', 'rolebinding', 'reader', '--role=reader', '--group=team')
    await eventually(async () => assert.match(await kubectl.run('get', 'is', ...jane), /^web/m), { timeout: 30_000 })
    assert.match((await kubectl.fail('delete', 'is', 'web', ...jane)).stderr, /cannot delete resource "imagestreams"/)
    assert.match((await kubectl.fail('get', 'is', '-n', 'kube-system', ...jane)).stderr, /cannot list/)
  })

  test('has users with names beyond ASCII, in hundreds of groups, and with rights to one name', async () => {
    const groups = Array.from({ length: 500 }, (_, i) => `--as-group=cn=größe ${i}`)
    const allowed = ['--verb=get,list,watch', '--resource=imagestreams.image.openshift.io', '--resource-name=web']
    await kubectl.run('create', 'role', 'one', ...allowed)
    await kubectl.run('create', 'rolebinding', 'one', '--role=one', '--user=jürgen', '--group=cn=größe 499')
    const get = (...who: string[]) => kubectl.run('get', 'is', '--field-selector=metadata.name=web', ...who)
    await eventually(async () => assert.match(await get('--as=jürgen'), /^web/m), { timeout: 30_000 })
    assert.match(await get('--as=jane', ...groups), /^web/m)
    const { stderr } = await kubectl.fail('get', 'is', '--as=jürgen')
    assert.match(stderr, /User "jürgen" cannot list resource "imagestreams"/)
  })

  test('asks for the right to pull where a tag comes from another namespace', async () => {
    await kubectl.run('create', 'namespace', 'other')
    await kubectl.run(
      'create',
      'role',
      'owner',
      '-n',
      'other',
      '--verb=*',
      '--resource=imagestreams.image.openshift.io',
    )
    await kubectl.run('create', 'rolebinding', 'owner', '-n', 'other', '--role=owner', '--user=joe')
    const from = { kind: 'ImageStreamTag', name: 'web:v1', namespace: 'default' }
    const copy = {
      apiVersion: GROUP,
      kind: 'ImageStream',
      metadata: { name: 'copy' },
      spec: { tags: [{ name: 'x', from }] },
    }
    const create = () => kubectl.with(JSON.stringify(copy)).try('create', '-n', 'other', '--as=joe', '-f', '-')
    assert.match((await create()).stderr, /spec\.tags\[x\]\.from: Forbidden: default\/web/)
    await kubectl.run('create', 'rolebinding', 'puller', '--clusterrole=system:image-puller', '--user=joe')
    await eventually(async () => assert.equal((await create()).code, 0), { timeout: 30_000 })
  })

  test('asks for admission itself, and nobody else is answered', async () => {
    const path = '/apis/image.openshift.io/v1/admissionreviews/triggers'
    const review = { apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: {} }
    const post = (...as: string[]) =>
      kubectl.with(JSON.stringify(review)).fail('create', '--raw', path, '-f', '-', ...as)
    assert.match((await post('--as=jane')).stderr, /User "jane" cannot create resource "admissionreviews"/)
    // Whoever may do everything may, and learns what is wrong.
    assert.match((await post()).stderr, /not an AdmissionReview of admission\.k8s\.io\/v1: request\.uid/)
    assert.equal((await cluster.callOwn({}, 'POST', path)).status, 401)
    await kubectl.run('create', 'serviceaccount', 'curious')
    const token = (await kubectl.run('create', 'token', 'curious')).trim()
    const refused = await cluster.callOwn({ token }, 'POST', path)
    assert.equal(refused.status, 403)
    assert.match(refused.text, /User \\"system:serviceaccount:default:curious\\" may not ask for admission/)
    assert.doesNotMatch(await kubectl.run('get', '--raw', '/apis/image.openshift.io/v1'), /admissionreviews/)
  })

  test('deletes a namespace with all its streams', async () => {
    await kubectl.run('create', 'namespace', 'gone')
    await kubectl.with(stream('a')).run('create', '-n', 'gone', '-f', '-')
    await kubectl.with(stream('b', { finalizers: ['example.com/hold'] })).run('create', '-n', 'gone', '-f', '-')
    const deleted = kubectl.run('delete', 'namespace', 'gone', '--timeout=60s')
    await eventually(
      async () => assert.match(await kubectl.run('get', 'is', '-n', 'gone', '-o', 'name'), /^\S+\/b\n$/),
      {
        timeout: 30_000,
      },
    )
    await kubectl.run('patch', 'is', 'b', '-n', 'gone', '--type=merge', '-p', '{"metadata":{"finalizers":null}}')
    await deleted
    assert.equal(await kubectl.run('get', 'storedimagestreams', '-n', 'gone', '-o', 'name'), '')
  })

  test('reads nothing older than asked for: one that is far ahead is waited for, then refused as by its own kinds', async () => {
    const initial = '?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true'
    const far = 'resourceVersion=99999999999'
    for (const path of [
      '/apis/image.openshift.io/v1/namespaces/default/imagestreams',
      '/api/v1/namespaces/default/pods',
    ]) {
      for (const query of [`?${far}`, `${initial}&${far}`]) {
        const { status, text } = await cluster.call('GET', `${path}${query}`)
        const said = `${path}${query}: ${status} ${text}`
        assert.match(text, /Too large resource version: 99999999999, current: \d+/, said)
        assert.match(text, /"code":504/, said)
        assert.doesNotMatch(text, /BOOKMARK/, said)
      }
    }
    const { text } = await cluster.call('GET', `/apis/image.openshift.io/v1/namespaces/default/imagestreams/web?${far}`)
    assert.match(text, /Too large resource version/)
  })

  test('whose API server restarts serves the same streams again, and follows what is written then', async () => {
    const before = await kubectl.run('get', 'is', 'web', '-o', 'yaml')
    await cluster.restartApiServer()
    await eventually(async () => assert.equal(await kubectl.run('get', 'is', 'web', '-o', 'yaml'), before), {
      timeout: 30_000,
    })
    await eventually(() => kubectl.with(stream('after')).run('apply', '-f', '-'), { timeout: 30_000 })
    assert.match(await kubectl.run('get', 'is', 'after'), /v1/)
  })

  const urlOf = ({ spec }: Service) => `https://${spec.externalName}:${spec.ports[0]!.port}`
  const registered = async () => urlOf(JSON.parse(await kubectl.run(...SERVICE)) as Service)
  /** Starts a server with an authority of its own. */
  const launchAt = (port: number, ...more: string[]) => {
    const flags = [...cluster.startLine(port, join(cluster.directory, 'another')), ...more]
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig, HOME: cluster.directory }
    return launch(MILLRACE, flags, { env: { ...env, MILLRACE_LOG_LEVEL: 'warn' } })
  }

  test('whose registration another server takes over gives it back to the first when that one ends', async () => {
    assert.equal(await registered(), cluster.own.url)
    const port = await freePort()
    const url = `https://localhost:${port}`
    const another = launchAt(port)
    await another.printed(/serves the image streams/, 60_000)
    assert.equal(await registered(), url)
    const over = `"before":"${cluster.own.url}","msg":"takes over the registration of another server"`
    assert.ok(another.stderr().includes(over), another.stderr())
    await eventually(() =>
      assert.match(cluster.output(), new RegExp(`"by":"${url}","msg":"another server has taken over`)),
    )

    // What only the leader knows: the first, whose authority the other does not know, has left that to it.
    await kubectl.run('get', 'imports.millrace.dev', '-A', '--request-timeout=15s')

    assert.equal(await another.stop('SIGTERM'), 0)
    assert.equal(await registered(), cluster.own.url)
    await eventually(() => kubectl.run('get', 'is', 'web', '-o', 'name'), { timeout: 30_000 })
    await kubectl.run('get', 'imports.millrace.dev', '-A', '--request-timeout=15s')
    assert.match(await kubectl.run('get', 'clusterroles', '-o', 'name'), /system:image-puller/)
    assert.doesNotMatch(await kubectl.run(...SERVICE), /offered/)
    assert.doesNotMatch(another.stderr() + cluster.output(), /registration could not|could not be registered/)
  })

  test('that does not reach another server has the first again when the start of the other one is broken off', async () => {
    const [port, elsewhere] = await Promise.all([freePort(), freePort()])
    const another = launchAt(elsewhere, `--port=${port}`)
    await eventually(async () => assert.equal(await registered(), `https://localhost:${elsewhere}`), {
      timeout: 30_000,
    })
    assert.equal(await another.stop('SIGTERM'), 0, another.stderr())
    assert.equal(await registered(), cluster.own.url)
    await eventually(() => kubectl.run('get', 'is', 'web', '-o', 'name'), { timeout: 30_000 })
  })

  test('whose server of image streams is gone goes on without it, and has all of them when it is back', async () => {
    const before = await kubectl.run('get', 'is', 'web', '-o', 'yaml')
    await cluster.server.stop('SIGKILL')
    assert.equal((await kubectl.try('get', 'is', 'web')).code, 1)
    const deployment = ['create', 'deployment', 'plain', '--image=nginx']
    assert.match(await kubectl.run(...deployment), /created/)
    await eventually(async () =>
      assert.match(await kubectl.run('get', 'replicasets', '-l', 'app=plain', '-o', 'name'), /replicaset/),
    )
    await cluster.another()
    await eventually(async () => assert.equal(await kubectl.run('get', 'is', 'web', '-o', 'yaml'), before), {
      timeout: 30_000,
    })
  })
})
