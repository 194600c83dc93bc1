// Installing into a real cluster, running there with no more rights than that gives, going to another version and back, and removing
// it again; all with the package that is shipped.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { Agent, request } from 'node:https'
import { after, before, describe, test, type TestContext } from 'node:test'
import { connect } from 'node:tls'
import { encodeBundle, parseBundle, trusted, type Bundle } from '../../src/controllers/certificates/bundle.ts'
import { WORKLOAD_KINDS } from '../../src/core/image/workloads.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { VERSION } from '../../src/app/version.ts'
import { issueAuthority, issueServer } from '../../src/http/issue.ts'
import { clusterRights, ownRights, PULL_SECRET_RIGHTS } from '../../src/install/objects/serverRights.ts'
import { withoutControlPlane, type AuditEvent } from '../support/controlPlane.ts'
import { eventually } from '../support/eventually.ts'
import { parseExposition, sampled } from '../support/exposition.ts'
import { startInstallation, type Installation, type Replica } from '../support/installation.ts'
import { triggersFor, workload } from '../support/manifests.ts'
import { kubeconfigOf } from '../support/serviceAccount.ts'
import { install, pack, type Archive } from '../support/package.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'

const GROUP = 'image.openshift.io/v1'
const USER = 'system:serviceaccount:millrace:millrace'
const HOST = 'millrace.millrace.svc'
const AVAILABLE = ['wait', '--for=condition=Available', 'apiservice/v1.image.openshift.io', '--timeout=30s']
const SECRET = ['secret', 'millrace-serving', '-n', 'millrace']

const stream = (name: string, more: object = {}): string =>
  JSON.stringify({
    apiVersion: GROUP,
    kind: 'ImageStream',
    metadata: { name, ...more },
    spec: { tags: [{ name: 'v1', reference: true, from: { kind: 'DockerImage', name: 'example.com/a/b:1' } }] },
  })

describe('an installation', { skip: withoutControlPlane }, () => {
  let here: Installation
  let registry: TestRegistry
  let archive: Archive
  let kubectl: Installation['kubectl']
  let replica: Replica
  before(async () => {
    archive = await pack()
    ;[here, registry] = await Promise.all([startInstallation(install(archive).program), startRegistry()])
    kubectl = here.kubectl
    await pushImage(registry.host, 'team/app', 'v1', { files: { a: '1' } })
  })
  after(() => Promise.all([here?.stop(), registry?.stop()]))

  const json = async <T>(...args: string[]): Promise<T> =>
    JSON.parse(await kubectl.run('get', ...args, '-o', 'json')) as T
  const bundle = async (): Promise<Bundle> => parseBundle(await json<KubeObject>(...SECRET))!

  test('that is only printed changes nothing', async () => {
    await here.millrace.run('install', '--image=registry.test/millrace:1', '--print')
    await kubectl.fail('get', 'namespace', 'millrace')
  })

  test('is asked for by a server that does not find one', async () => {
    const { stderr } = await here.millrace.fail('server', '--port=0', '--host=127.0.0.1')
    assert.match(stderr, /^error: this cluster cannot keep image streams:$/m)
    assert.match(
      stderr,
      /no CustomResourceDefinition storedimages\.storage\.millrace\.dev: run "millrace install" first/,
    )
  })

  test('is refused to whoever may not make it, and changes nothing', async () => {
    await kubectl.run('create', 'serviceaccount', 'somebody')
    const token = (await kubectl.run('create', 'token', 'somebody')).trim()
    const kubeconfig = await kubeconfigOf(here, 'default', 'somebody')
    const { stderr } = await here.millrace.under({ KUBECONFIG: kubeconfig }).fail('install', '--image=r.test/i:1')
    assert.match(
      stderr,
      /^error: Millrace cannot be installed in this cluster, and nothing was changed: you may not create\/get\/patch namespaces, /m,
    )
    assert.doesNotMatch(stderr, new RegExp(token.slice(0, 20)))
    await kubectl.fail('get', 'namespace', 'millrace')
  })

  test('applies all that it prints', async () => {
    const printed = await here.millrace.run('install', '--image=registry.test/millrace:1', '--print')
    const out = await here.install()
    assert.equal(out.match(/applied$/gm)?.length, printed.match(/^---$/gm)?.length)
    const diff = ['diff', '--server-side', '--field-manager=millrace', '-f', '-']
    assert.equal((await kubectl.with(printed).try(...diff)).stdout, '')
  })

  test('says when the server does not start, and where to look', async () => {
    const args = ['install', '--image=registry.test/millrace:1', '--timeout=1s']
    const { stderr } = await here.millrace.fail(...args)
    assert.match(
      stderr,
      /^error: the server does not start: 0 of 2 new pods are ready \(see kubectl -n millrace get pods/m,
    )
    const never = await here.millrace.fail(...args, '--priority-class=nope')
    assert.match(never.stderr, /^error: the server does not start: 0 of 2 pods have the new version; .*nope/m)
    await kubectl.run('rollout', 'pause', 'deployment/millrace', '-n', 'millrace')
    const paused = await here.millrace.fail(...args)
    assert.match(paused.stderr, /; it is paused: kubectl -n millrace rollout resume deployment\/millrace/)
    await kubectl.run('rollout', 'resume', 'deployment/millrace', '-n', 'millrace')
  })

  test('is not looked for in a namespace that is not there', async () => {
    const { stderr } = await here.millrace.fail('server', '--port=0', '--host=127.0.0.1', '--namespace=nowhere')
    assert.match(stderr, /^error: this server was not installed: there is no namespace nowhere: name the one that /m)
  })

  test('runs with the rights that it gives', async () => {
    replica = await here.replica()
    await here.direct(replica)
    await eventually(() => kubectl.run(...AVAILABLE), { timeout: 60_000 })
    await kubectl.with(stream('web')).run('create', '-f', '-')
    assert.match(await kubectl.run('get', 'is'), /web/)
  })

  test('of an older version is told by a newer server what it lacks, and one of a newer version is left alone', async () => {
    const remove = JSON.stringify([{ op: 'remove', path: '/rules/0' }])
    await kubectl.run('patch', 'clusterrole', 'millrace', '--type=json', '-p', remove)
    const lacking = await here.replica()
    assert.equal(await lacking.exited, 1)
    assert.match(
      lacking.stderr(),
      /^error: this server may not do what it has to: it may not list\/watch\/create\/update\/delete storedimagestreams.*: run "millrace install" of this version again$/m,
    )
    const annotate = (version: string) =>
      kubectl.run(
        'annotate',
        'crd',
        'storedimages.storage.millrace.dev',
        '--overwrite',
        `millrace.dev/state-version=${version}`,
      )
    await annotate('2')
    const { stderr } = await here.millrace.fail('install', '--image=r.test/i:1')
    assert.match(stderr, /nothing was changed: the streams in this cluster were kept by a newer Millrace/)
    await annotate('1')
  })

  test('applied again it leaves the authority where the server has written it', async () => {
    const before = await json<{ spec: { caBundle: string } }>('apiservice', 'v1.image.openshift.io')
    assert.equal(Buffer.from(before.spec.caBundle, 'base64').toString(), trusted(await bundle()))
    await here.install()
    const now = await json<typeof before>('apiservice', 'v1.image.openshift.io')
    assert.equal(now.spec.caBundle, before.spec.caBundle)
    await here.direct(replica)
    await kubectl.run(...AVAILABLE)
  })

  test('lets the server see definitions of the custom kinds that it was told of, and no others', async () => {
    await here.install('--workload-kind=rollouts.argoproj.io/v1alpha1')
    const list = (name: string) => ['get', 'crd', `--field-selector=metadata.name=${name}`, `--as=${USER}`]
    await kubectl.run(...list('rollouts.argoproj.io'))
    await kubectl.fail(...list('services.serving.knative.dev'))
    await kubectl.fail('get', 'crd', `--as=${USER}`)
    await here.install()
    await kubectl.fail(...list('rollouts.argoproj.io'))
    await here.direct(replica)
    await kubectl.run(...AVAILABLE)
  })

  test('lets users do what their roles say', async () => {
    await kubectl.run('create', 'namespace', 'team')
    const as = (user: string) => [`--as=${user}`, '-n', 'team']
    for (const role of ['view', 'edit'])
      await kubectl.run('create', 'rolebinding', role, `--clusterrole=${role}`, `--user=${role}`, '-n', 'team')
    await eventually(() => kubectl.with(stream('app')).run('apply', '-f', '-', ...as('edit')), { timeout: 30_000 })
    await eventually(async () => assert.match(await kubectl.run('get', 'is,istag', ...as('view')), /app/), {
      timeout: 30_000,
    })
    assert.match((await kubectl.fail('delete', 'is', 'app', ...as('view'))).stderr, /cannot delete resource/)
    assert.match((await kubectl.fail('get', 'images', ...as('edit'))).stderr, /cannot list resource "images"/)
    await kubectl.run(
      'create',
      'rolebinding',
      'pull',
      '--clusterrole=system:image-puller',
      '--user=puller',
      '-n',
      'team',
    )
    const can = ['auth', 'can-i', 'get', 'imagestreams.image.openshift.io', '--subresource=layers', ...as('puller')]
    await eventually(async () => assert.match((await kubectl.try(...can)).stdout, /^yes/), { timeout: 30_000 })
  })

  test('shows its metrics to whoever may get that path', async () => {
    const tokenOf = async (account: string) => {
      await kubectl.run('create', 'serviceaccount', account, '-n', 'team')
      return (await kubectl.run('create', 'token', account, '-n', 'team')).trim()
    }
    const scrape = (token?: string) => metricsOf(replica.port, token)
    const [scraper, stranger] = [await tokenOf('scraper'), await tokenOf('stranger')]
    await kubectl.run('create', 'clusterrole', 'scraper', '--verb=get', '--non-resource-url=/metrics')
    await kubectl.run(
      'create',
      'clusterrolebinding',
      'scraper',
      '--clusterrole=scraper',
      '--serviceaccount=team:scraper',
    )
    // The cluster may not know of the binding at once, and what it says then is remembered for ten seconds.
    const text = await eventually(
      async () => {
        const answer = await scrape(scraper)
        assert.equal(answer.status, 200, answer.text)
        return answer.text
      },
      { timeout: 30_000 },
    )
    assert.deepEqual([(await scrape()).status, (await scrape(stranger)).status], [401, 403])
    const found = parseExposition(text)
    assert.equal(sampled(found, 'leader_election_master_status'), 1)
    assert.ok(sampled(found, 'rest_client_requests_total', { code: '200', method: 'GET' })! > 0)
    assert.ok(sampled(found, 'apiserver_delegated_authz_request_total', { code: '201' })! > 0)
    assert.ok(sampled(found, 'apiserver_delegated_authn_request_total', { code: '201' })! > 0)
    assert.ok(sampled(found, 'apiserver_storage_objects', { resource: 'imagestreams.image.openshift.io' })! >= 2)
    assert.ok(sampled(found, 'apiserver_request_total', { verb: 'LIST', resource: 'imagestreams', code: '200' })! > 0)
    // Each cache was filled once, and nothing has listed since.
    const lists = found.get('millrace_reflector_lists_total')!.samples
    assert.ok(lists.length > 8)
    const again = parseExposition((await scrape(scraper)).text).get('millrace_reflector_lists_total')!.samples
    assert.deepEqual(again, lists)
  })

  test('uses all of its rights, and asks for nothing beyond them', async () => {
    await exercise()
    const used = new Map<string, number>()
    const denied: string[] = []
    await eventually(
      () => {
        used.clear()
        denied.length = 0
        for (const event of here.audited()) {
          if (event.user.username !== USER || !event.objectRef) continue
          const words = wordsOf(event)
          if (event.responseStatus?.code === 403) denied.push(words)
          else used.set(words, (used.get(words) ?? 0) + 1)
        }
        assert.deepEqual(
          // What replicas ask each other the kube-apiserver does not hear: see leaderReports.test.ts.
          grantedRights().filter((words) => !used.has(words) && !words.endsWith(' millrace.dev')),
          [],
        )
      },
      { timeout: 60_000 },
    )
    assert.deepEqual(denied, [])
  })

  test('renews certificates under load, and no request fails', async (t) => {
    const load = startLoad(t)
    const current = await bundle()
    const write = (next: Bundle) =>
      kubectl.run('patch', ...SECRET, '--type=merge', '-p', JSON.stringify({ data: encodeBundle(next) }))
    const soon = await issueServer(current.authority, [HOST], 10, new Date())
    await write({ ...current, serving: soon })
    await eventually(async () => assert.ok(!isSame((await bundle()).serving.cert, soon.cert)), { timeout: 30_000 })
    const next = await issueAuthority('next', 1_000, new Date(Date.now() - 3_600_000))
    await write({ ...(await bundle()), next })
    await eventually(async () => assert.ok(isSame((await bundle()).authority.cert, next.cert)), { timeout: 30_000 })
    await eventually(async () => assert.ok(isIssuedBy(await shown(replica.port), next.cert)), { timeout: 30_000 })
    const { spec } = await json<{ spec: { caBundle: string } }>('apiservice', 'v1.image.openshift.io')
    assert.equal(Buffer.from(spec.caBundle, 'base64').toString(), trusted(await bundle()))
    await kubectl.run('get', 'is')
    const { done, failures } = await load.stop()
    assert.deepEqual(failures, [])
    assert.ok(done > 50, `${done} requests`)
  })

  test('has a second replica that shows the same certificate, and takes over', async () => {
    const second = await here.replica('--shutdown-delay=1s')
    await eventually(async () => assert.ok(isSame(await shown(second.port), (await bundle()).serving.cert)), {
      timeout: 30_000,
    })
    await here.direct(second)
    const start = performance.now()
    const stopped = replica.stop('SIGTERM')
    assert.equal(await stopped, 0, replica.stderr())
    assert.ok(performance.now() - start < 20_000)
    replica = second
    await eventually(() => kubectl.run('get', 'is'), { timeout: 30_000 })
  })

  test('goes to a newer version and back, and nobody notices', async () => {
    const follower = workload('follower', { image: 'before', triggers: triggersFor('web:v1', 'follower') })
    await kubectl.with(JSON.stringify(follower)).run('create', '-f', '-')
    const state = () =>
      Promise.all([
        kubectl.run('get', 'is', 'web', '-o', 'yaml'),
        kubectl.run('get', 'deployment', 'follower', '-o', 'jsonpath={.metadata.generation}{.spec}'),
      ])
    const before = await state()
    const newer = install(archive, { version: '99.0.0' }).program
    for (const [program, version] of [
      [newer, '99.0.0'],
      [install(archive).program, VERSION],
    ] as const) {
      await here.installBy(program)
      const path = '{.spec.template.metadata.labels.app\\.kubernetes\\.io/version}'
      assert.equal(
        await kubectl.run('get', 'deployment', 'millrace', '-n', 'millrace', '-o', `jsonpath=${path}`),
        version,
      )
      const next = await here.replicaOf(program)
      await here.direct(next)
      await eventually(() => kubectl.run(...AVAILABLE), { timeout: 60_000 })
      assert.equal(await replica.stop('SIGTERM'), 0)
      replica = next
      assert.deepEqual(await state(), before)
    }
    await here.millrace.run('tag', 'web:v1', 'web:v2')
    assert.match(await kubectl.run('get', 'is', 'web', '-o', 'jsonpath={.spec.tags[*].name}'), /v1 v2/)
  })

  test('removed while the server is dead it blocks no namespace, and keeps the streams', async () => {
    await replica.stop('SIGKILL')
    await kubectl.with(stream('kept')).fail('create', '-f', '-')
    const out = await here.millrace.run('uninstall')
    assert.match(
      out,
      /^mutatingwebhookconfiguration\/millrace removed\napiservice\/v1alpha1\.millrace\.dev removed\napiservice\/v1\.image\.openshift\.io removed\n/,
    )
    assert.match(out, /^the image streams stay in the cluster/m)
    await kubectl.run('create', 'namespace', 'gone')
    await kubectl.run('delete', 'namespace', 'gone', 'team', '--timeout=30s')
    assert.match(await kubectl.run('get', 'storedimagestreams', '-n', 'default'), /web/)
    const left = ['get', 'clusterroles,clusterrolebindings,roles,rolebindings,apiservices,ns', '-A', '-o', 'name']
    assert.deepEqual((await kubectl.run(...left)).match(/.*(millrace(?!\.dev)|system:image-).*/g) ?? [], [])
    assert.match(await here.millrace.run('uninstall'), /stay in the cluster/, 'once more is no error')
  })

  test('made again it has the streams from before', async () => {
    await here.install()
    replica = await here.replica()
    await here.direct(replica)
    await eventually(() => kubectl.run(...AVAILABLE), { timeout: 60_000 })
    assert.match(await kubectl.run('get', 'is'), /web/)
  })

  test('purged it leaves nothing, whatever held it back', async () => {
    await kubectl.with(stream('held', { finalizers: ['example.com/hold'] })).run('create', '-f', '-')
    await replica.stop('SIGKILL')
    const out = await here.millrace.run('uninstall', '--purge')
    assert.match(out, /storedimagestreams\.storage\.millrace\.dev removed/)
    assert.doesNotMatch(await kubectl.run('get', 'crds,ns', '-o', 'name'), /millrace/)
  })

  /** Makes the server do all that it has rights for. */
  async function exercise(): Promise<void> {
    const create = (object: object | string) =>
      kubectl.with(typeof object === 'string' ? object : JSON.stringify(object)).run('create', '-n', 'busy', '-f', '-')
    // A rate of which two requests are granted at a time.
    const rate = `--from-literal=registries.yaml=registries: [{ prefix: '${registry.host}', rate: 40/1h }]`
    const map = ['configmap', 'millrace-registries', '-n', 'millrace']
    await kubectl.run('create', ...map, rate)
    await kubectl.run('create', 'namespace', 'busy')
    await create({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q' },
      spec: { hard: { 'openshift.io/imagestreams': '9' } },
    })
    await create({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'l' },
      spec: { limits: [{ type: 'openshift.io/ImageStream', max: { 'openshift.io/images': '9' } }] },
    })
    await kubectl.run(
      'create',
      'secret',
      'docker-registry',
      'pull',
      '-n',
      'busy',
      '--docker-server=other.test',
      '--docker-username=u',
      '--docker-password=p',
    )
    await create(workload('app', { image: 'before', triggers: triggersFor('app:v1', 'app') }))
    const scheduled = {
      name: 'v1',
      from: { kind: 'DockerImage', name: `${registry.host}/team/app:v1` },
      importPolicy: { insecure: true },
    }
    await eventually(
      () => create({ apiVersion: GROUP, kind: 'ImageStream', metadata: { name: 'app' }, spec: { tags: [scheduled] } }),
      { timeout: 30_000 },
    )
    const shown = ['get', 'deployment', 'app', '-n', 'busy', '-o', 'jsonpath={..image}']
    await eventually(async () => assert.match(await kubectl.run(...shown), /@sha256:/), { timeout: 30_000 })
    await kubectl.run('delete', ...map)
    for (const kind of ['StatefulSet', 'DaemonSet', 'CronJob'] as const)
      await create(workload('x', { kind, image: 'before', triggers: triggersFor('app:v2', 'x', { kind }) }))
    await here.millrace.run('tag', 'app:v1', 'app:v2', '-n', 'busy')
    for (const kind of ['statefulset', 'daemonset', 'cronjob'])
      await eventually(
        async () =>
          assert.match(await kubectl.run('get', kind, 'x', '-n', 'busy', '-o', 'jsonpath={..image}'), /@sha256:/),
        { timeout: 30_000 },
      )
    // The same event again is a patch of the first.
    await repeatEvent()
    await kubectl.run('delete', 'is', 'app', '-n', 'busy')
    const image = (await kubectl.run('get', 'images', '-o', 'name')).split('\n')[0]!
    await kubectl.run('label', image, 'a=b')
    await kubectl.run('delete', image)
    await kubectl.with(stream('lost')).fail('create', '-n', 'nosuch', '-f', '-')
  }

  async function repeatEvent(): Promise<void> {
    const wrong = triggersFor('app:v1', 'nosuch')
    const right = triggersFor('app:v1', 'app')
    const set = (triggers: string) =>
      kubectl.run(
        'annotate',
        'deployment',
        'app',
        '-n',
        'busy',
        '--overwrite',
        `image.openshift.io/triggers=${triggers}`,
      )
    const count = async (n: number) =>
      eventually(
        async () => {
          const reasons = [
            'get',
            'events',
            '-n',
            'busy',
            '--field-selector=reason=TriggerContainerNotFound',
            '-o',
            'jsonpath={.items[*].count}',
          ]
          assert.equal(await kubectl.run(...reasons), String(n))
        },
        { timeout: 30_000 },
      )
    await set(wrong)
    await count(1)
    await set(right)
    await set(wrong)
    await count(2)
  }

  /**
   * Requests through the aggregator and straight to the server, each of the latter on a connection of its own. Until it is stopped, or the
   * test is over, which may have failed.
   */
  function startLoad({ signal }: TestContext): { stop(): Promise<{ done: number; failures: string[] }> } {
    const failures: string[] = []
    let done = 0
    const stop = new AbortController()
    const worker = async (work: () => Promise<unknown>) => {
      while (!stop.signal.aborted && !signal.aborted) {
        await work().then(
          () => done++,
          (error: unknown) => failures.push(String(error)),
        )
      }
    }
    const resource = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
    const through = () => here.client.get({ resource, namespace: 'default', name: 'web' })
    const straight = async () => {
      const { spec } = await here.client.get<KubeObject & { spec: { caBundle: string } }>({
        resource: { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' },
        name: 'v1.image.openshift.io',
      })
      await livez(replica.port, Buffer.from(spec.caBundle, 'base64').toString())
    }
    const workers = [through, through, straight].map(worker)
    return {
      async stop() {
        stop.abort()
        await Promise.all(workers)
        return { done, failures }
      },
    }
  }
})

const wordsOf = ({ verb, objectRef }: AuditEvent): string => {
  const { apiGroup = '', resource, subresource } = objectRef!
  return `${verb} ${resource}${subresource ? `/${subresource}` : ''} ${apiGroup}`
}

function grantedRights(): string[] {
  const all = [...clusterRights('own', WORKLOAD_KINDS), ...ownRights('own'), ...PULL_SECRET_RIGHTS]
  return all.flatMap(({ rule: { apiGroups, resources, verbs } }) =>
    apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource} ${group}`))),
  )
}

const isSame = (a: string, b: string): boolean =>
  new X509Certificate(a).fingerprint256 === new X509Certificate(b).fingerprint256
const isIssuedBy = (cert: string, authority: string): boolean =>
  new X509Certificate(cert).verify(new X509Certificate(authority).publicKey)

/** The certificate that a server shows. PEM. */
function shown(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: HOST, rejectUnauthorized: false }, () => {
      const raw = socket.getPeerCertificate().raw
      socket.end()
      resolve(new X509Certificate(raw).toString())
    })
    socket.on('error', reject)
  })
}

/** GET /livez on a new connection by somebody who trusts `ca`. */
function livez(port: number, ca: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const agent = new Agent({ keepAlive: false })
    const options = { host: '127.0.0.1', port, path: '/livez', servername: HOST, ca, agent }
    request(options, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve()
      else reject(new Error(`livez answers ${response.statusCode}`))
    })
      .on('error', reject)
      .end()
  })
}

/** What Prometheus would get from a replica; the certificate is for the name of the Service. */
async function metricsOf(port: number, token?: string): Promise<{ status: number; text: string }> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>()
  const asked = request({ host: '127.0.0.1', port, path: '/metrics', headers, rejectUnauthorized: false }, (answer) => {
    const pieces: Buffer[] = []
    answer.on('data', (piece: Buffer) => pieces.push(piece))
    answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(pieces).toString() }))
  })
  asked.on('error', reject).end()
  return promise
}
