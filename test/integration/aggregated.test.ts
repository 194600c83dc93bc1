// The aggregated server by itself, over TLS: who is believed, what is asked of the cluster, what admission answers, how it starts and
// stops. The cluster is records (support/recordedCluster.ts).
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type ClientHttp2Session, type IncomingHttpHeaders, type IncomingHttpStatusHeader } from 'node:http2'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { after, before, describe, test } from 'node:test'
import { Agent, request } from 'undici'
import { startAggregated, type Aggregated } from '../../src/app/aggregated.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { conflict, MODIFIED } from '../../src/core/machinery/status.ts'
import { parseCidr } from '../../src/http/cidr.ts'
import { issueAuthority, issueClient } from '../../src/http/issue.ts'
import type { KeyPair } from '../../src/http/keyPair.ts'
import { freePort } from '../support/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/processes.ts'
import { startFakeRegistry } from '../support/fakeRegistry.ts'
import { startRecordedCluster, type RecordedCluster } from '../support/recordedCluster.ts'

const GROUP = 'image.openshift.io/v1'
const STREAMS = `/apis/${GROUP}/namespaces/default/imagestreams`
const TRUST = {
  resource: { group: '', version: 'v1', plural: 'configmaps' },
  namespace: 'kube-system',
  name: 'extension-apiserver-authentication',
}
const SECRETS = { resource: { group: '', version: 'v1', plural: 'secrets' } }
const DEPLOYMENTS = { resource: { group: 'apps', version: 'v1', plural: 'deployments' }, namespace: 'default' }
const digest = `sha256:${'a'.repeat(64)}`

interface Ask {
  method?: string
  headers?: Record<string, string | string[]>
  body?: unknown
  cert?: KeyPair | undefined
  http2?: boolean
}
interface Answer {
  status: number
  text: string
  json: Body
}

/** What is looked at of answers, all kinds together. */
interface Body {
  kind: string
  message: string
  metadata: KubeObject['metadata']
  items: KubeObject[]
  resources: { name: string }[]
  definitions: object
  paths: Record<string, { serverRelativeURL: string }>
  components: { schemas: object }
  status: { tags: { tag: string; items: object[] }[] }
  response: { uid: string; patch?: string; warnings?: string[] }
}

interface Deployment extends KubeObject {
  spec: { template: { spec: { containers: { image: string }[] } } }
}
/** A Deployment that follows the tag 1 of a stream of the same name. */
function following(name: string): KubeObject {
  const labels = { app: name }
  const from = { kind: 'ImageStreamTag', name: `${name}:1` }
  const triggers = JSON.stringify([{ from, fieldPath: 'spec.template.spec.containers[0].image' }])
  const metadata = { name, annotations: { 'image.openshift.io/triggers': triggers } }
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'start' }] } }
  return { metadata, spec: { selector: { matchLabels: labels }, template } } as KubeObject
}

describe('an aggregated server', () => {
  let cluster: RecordedCluster
  let starting: Promise<Aggregated>
  let port: number
  let ca: string
  let proxyCa: KeyPair
  let pairs: Record<'proxy' | 'stranger' | 'forged' | 'jane', KeyPair>
  const agents = new Map<string, Agent>()
  const sessions = new Map<string, ClientHttp2Session>()

  before(async () => {
    const now = new Date()
    cluster = await startRecordedCluster(['default', 'kube-system', 'millrace'])
    const [front, clients, wrong] = await Promise.all(
      ['front', 'clients', 'wrong'].map((name) => issueAuthority(name, 1, now)),
    )
    proxyCa = front!
    const client = (authority: KeyPair, name: string) => issueClient(authority, { name, groups: ['team'] }, 1, now)
    const [proxy, stranger, forged, jane] = await Promise.all([
      client(proxyCa, 'aggregator'),
      client(proxyCa, 'somebody'),
      client(wrong!, 'aggregator'),
      client(clients!, 'jane'),
    ])
    pairs = { proxy, stranger, forged, jane }
    await cluster.client.create(TRUST, {
      metadata: { name: TRUST.name },
      data: {
        'client-ca-file': clients!.cert,
        'requestheader-client-ca-file': proxyCa.cert,
        'requestheader-allowed-names': '["aggregator"]',
        'requestheader-username-headers': '["X-Remote-User"]',
        'requestheader-group-headers': '["X-Remote-Group"]',
        'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      },
    } as KubeObject)
    port = await freePort()
    const dataDir = temporaryDirectory('aggregated')
    const { access } = cluster
    const placement = { is: 'external' as const, host: 'localhost', port, dataDir }
    const allowRegistryAddresses = [parseCidr('127.0.0.1')!]
    starting = startAggregated({ access, placement, host: '127.0.0.1', port, allowRegistryAddresses, log: silent })
    starting.catch(() => undefined)
    ca = await eventually(() => readFileSync(join(dataDir, 'pki/ca.crt'), 'utf8'))
  })
  after(async () => {
    await Promise.all([...agents.values()].map((agent) => agent.destroy()))
    for (const session of sessions.values()) session.destroy()
    await starting.then(
      (server) => server.close(),
      () => undefined,
    )
    await cluster.close()
  })

  async function send(path: string, ask: Ask): Promise<{ status: number; body: Readable }> {
    const { method = 'GET', cert, http2 = false } = ask
    const body = ask.body === undefined ? null : typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
    const headers = { ...(body !== null && { 'content-type': 'application/json' }), ...ask.headers }
    const connection = cert ? { ca, cert: cert.cert, key: cert.key } : { ca }
    const key = cert?.cert ?? ''
    const url = `https://localhost:${port}`
    if (!http2) {
      const dispatcher = agents.get(key) ?? new Agent({ allowH2: false, connect: connection })
      agents.set(key, dispatcher)
      const answer = await request(url + path, { method, dispatcher, headers, body })
      return { status: answer.statusCode, body: answer.body }
    }
    const session = sessions.get(key) ?? connect(url, connection)
    if (!sessions.has(key)) session.on('error', () => undefined).once('close', () => sessions.delete(key))
    sessions.set(key, session)
    const stream = session.request({ ':path': path, ':method': method, ...headers })
    stream.end(body ?? undefined)
    const [answer] = (await once(stream, 'response')) as [IncomingHttpHeaders & IncomingHttpStatusHeader]
    return { status: answer[':status'] ?? 0, body: stream }
  }
  async function call(path: string, ask: Ask = {}): Promise<Answer> {
    const { status, body } = await send(path, ask)
    const text = await textOf(body)
    return { status, text, json: (text.startsWith('{') ? JSON.parse(text) : {}) as Body }
  }
  /** As the aggregator, for this user. */
  const as = (name: string, more: Ask = {}): Ask => ({
    cert: pairs.proxy,
    ...more,
    headers: { 'x-remote-user': name, ...more.headers },
  })
  const root = (more: Ask = {}) =>
    as('root', { ...more, headers: { 'x-remote-group': 'system:masters', ...more.headers } })

  test('is not ready, and says why, until the cluster reaches it', async () => {
    const { status, text } = await eventually(() => call('/readyz'))
    assert.deepEqual([status, text], [503, '[-]registration not ready\n'])
    assert.equal((await call('/livez')).status, 200)
    const service = { resource: { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' } }
    const available = { conditions: [{ type: 'Available', status: 'True' }] }
    for (const name of ['v1.image.openshift.io', 'v1alpha1.millrace.dev']) {
      await eventually(() => cluster.client.patch({ ...service, name }, 'merge', { status: available }))
    }
    await starting
    assert.deepEqual([(await call('/readyz')).status, (await call('/readyz')).text], [200, 'ok'])
  })

  for (const http2 of [false, true]) {
    describe(`over ${http2 ? 'HTTP/2' : 'HTTP/1.1'}`, () => {
      test('believes the aggregator whom it speaks for, and asks for exactly that user', async () => {
        cluster.asked = []
        const name = http2 ? 'ann' : 'jim'
        cluster.mayDo = ({ user }) => user === name
        const headers = { 'x-remote-group': ['a, b', 'c'], 'x-remote-extra-scopes': 'x' }
        assert.equal((await call(STREAMS, as(name, { headers, http2 }))).status, 200)
        assert.deepEqual(cluster.asked, [
          {
            user: name,
            groups: ['a, b', 'c'],
            extra: { scopes: ['x'] },
            resourceAttributes: {
              verb: 'list',
              group: 'image.openshift.io',
              resource: 'imagestreams',
              namespace: 'default',
            },
          },
        ])
        const joe = await call(STREAMS, as('joe', { http2 }))
        assert.equal(joe.status, 403)
        assert.match(joe.json.message, /User "joe" cannot list resource "imagestreams".*the test says no/)
      })

      const forged: [string, () => Ask][] = [
        [
          'headers without a certificate',
          () => ({ headers: { 'x-remote-user': 'root', 'x-remote-group': 'system:masters' } }),
        ],
        ['the right name of the wrong authority', () => root({ cert: pairs.forged })],
        ['the right authority, and a name that may not', () => root({ cert: pairs.stranger })],
      ]
      for (const [what, ask] of forged) {
        test(`believes nobody by ${what}`, async () => {
          assert.equal((await call(STREAMS, { ...ask(), http2 })).status, 401)
        })
      }

      test('knows users by their own certificates, whatever headers say', async () => {
        cluster.mayDo = ({ user }) => user === 'jane'
        const missing = `${STREAMS}/missing-${http2}`
        assert.equal((await call(missing, root({ cert: pairs.jane, http2 }))).status, 404)
        assert.deepEqual(cluster.asked.at(-1)?.['groups'], ['team', 'system:authenticated'])
      })

      test('asks the cluster about tokens, once', async () => {
        cluster.asked = []
        const [good, bad] = [`good-${http2}`, `bad-${http2}`]
        cluster.tokens.set(good, { username: 'robot', groups: ['system:masters'] })
        const bearer = (token: string): Ask => ({ headers: { authorization: `Bearer ${token}` }, http2 })
        for (let i = 0; i < 3; i++) assert.equal((await call(STREAMS, bearer(good))).status, 200)
        assert.equal((await call(STREAMS, bearer(bad))).status, 401)
        assert.deepEqual(cluster.asked, [{ token: good }, { token: bad }])
      })
    })
  }

  test('takes webhooks of registries by the secrets of its own namespace, whoever asks', async () => {
    const secret = 'a-secret-of-the-receiver'
    const body = { repository: 'r.test/app' }
    const deliver = (name: string) =>
      call(`/hooks/${name}`, { method: 'POST', body, headers: { authorization: `Bearer ${secret}` } })
    assert.equal((await deliver('ci')).status, 404)
    for (const [namespace, name] of [
      ['default', 'elsewhere'],
      ['millrace', 'ci'],
    ])
      await cluster.client.create({ ...SECRETS, namespace: namespace! }, {
        metadata: { name, labels: { 'millrace.dev/receiver': 'generic' } },
        data: { token: Buffer.from(secret).toString('base64') },
      } as KubeObject)
    await eventually(async () => assert.equal((await deliver('ci')).status, 202))
    assert.equal((await deliver('elsewhere')).status, 404)
    assert.equal((await call('/hooks/ci', { method: 'POST', body })).status, 401)
  })

  test('imports with the default pull secrets of its own namespace, and shows them to nobody', async (t) => {
    const registry = await startFakeRegistry({ auth: 'basic', users: { mill: 'dist1nctive' } })
    t.after(() => registry.close())
    registry.content.image('app', 'v1', 'one')
    const from = { kind: 'DockerImage', name: `${registry.host}/app:v1` }
    const order = { metadata: { name: 'app' }, spec: { images: [{ from, importPolicy: { insecure: true } }] } }
    const path = STREAMS.replace('imagestreams', 'imagestreamimports')
    const said = async (): Promise<string> => {
      const { text } = await call(path, root({ method: 'POST', body: order }))
      assert.doesNotMatch(text, /dist1nctive/)
      const { images } = (JSON.parse(text) as { status: { images: { status: { status: string; reason: string } }[] } })
        .status
      return images[0]!.status.reason || images[0]!.status.status
    }
    assert.equal(await said(), 'Unauthorized')
    const auths = { [`http://${registry.host}`]: { username: 'mill', password: 'dist1nctive' } }
    const object = {
      metadata: { name: 'everywhere', labels: { 'millrace.dev/default-pull-secret': 'true' } },
      type: 'kubernetes.io/dockerconfigjson',
      data: { '.dockerconfigjson': Buffer.from(JSON.stringify({ auths })).toString('base64') },
    }
    const target = { ...SECRETS, namespace: 'millrace' }
    await cluster.client.create(target, object)
    await eventually(async () => assert.equal(await said(), 'Success'))
    const { text } = await call(`${STREAMS}/app/secrets`, root())
    assert.deepEqual((JSON.parse(text) as { items: object[] }).items, [])
    await cluster.client.delete({ ...target, name: 'everywhere' })
    await eventually(async () => assert.equal(await said(), 'Unauthorized'))
  })

  test('changes whom it believes when the ConfigMap does, while requests run: none of them fails', async () => {
    const now = new Date()
    const next = await issueAuthority('next front', 1, now)
    const renewed = await issueClient(next, { name: 'aggregator', groups: [] }, 1, now)
    const over = new AbortController()
    const statuses: number[] = []
    // As aggregators do it: with both headers and a certificate of the old authority, then one of the new.
    let cert = pairs.proxy
    const load = [false, true].map(async (http2) => {
      while (!over.signal.aborted) {
        const headers = { 'x-other-user': 'root', 'x-other-group': 'system:masters' }
        statuses.push((await call(STREAMS, root({ cert, http2, headers }))).status)
      }
    })
    const trust = async (data: Record<string, string>): Promise<void> => {
      await cluster.client.patch(TRUST, 'merge', { data })
      const before = statuses.length
      await eventually(() => assert.ok(statuses.length > before + 20))
    }
    await trust({ 'requestheader-client-ca-file': `${proxyCa.cert}${next.cert}` })
    await eventually(async () => assert.equal((await call(STREAMS, root({ cert: renewed }))).status, 200))
    cert = renewed
    await trust({
      'requestheader-username-headers': '["X-Other-User"]',
      'requestheader-group-headers': '["X-Other-Group"]',
    })
    await eventually(async () => assert.equal((await call(STREAMS, root({ cert }))).status, 401))
    await trust({ 'requestheader-client-ca-file': next.cert })
    const headers = { 'x-other-user': 'root', 'x-other-group': 'system:masters' }
    await eventually(async () => assert.equal((await call(STREAMS, { cert: pairs.proxy, headers })).status, 401))
    over.abort()
    await Promise.all(load)
    assert.deepEqual([...new Set(statuses)], [200])
    const data = {
      'requestheader-client-ca-file': proxyCa.cert,
      'requestheader-username-headers': '["X-Remote-User"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
    }
    await cluster.client.patch(TRUST, 'merge', { data })
    await eventually(async () => assert.equal((await call(STREAMS, root())).status, 200))
  })

  describe('serves', () => {
    before(async () => {
      await call(STREAMS, root({ method: 'POST', body: { metadata: { name: 'web' } } }))
      const image = { metadata: { name: digest }, dockerImageReference: `quay.io/acme/web@${digest}` }
      const body = { metadata: { name: 'web' }, image, tag: '1' }
      const path = `/apis/${GROUP}/namespaces/default/imagestreammappings`
      assert.equal((await call(path, root({ method: 'POST', body }))).status, 201)
    })

    test('metadata alone, in lists and watches, as collectors of garbage ask for it', async () => {
      const accept = (kind: string) => ({ accept: `application/json;as=${kind};g=meta.k8s.io;v=v1` })
      const { json } = await call(STREAMS, root({ headers: accept('PartialObjectMetadataList') }))
      assert.equal(json.kind, 'PartialObjectMetadataList')
      assert.deepEqual(Object.keys(json.items[0] ?? {}).toSorted(), ['apiVersion', 'kind', 'metadata'])
      const path = `${STREAMS}?watch=true&resourceVersion=0`
      const { body } = await send(path, root({ headers: accept('PartialObjectMetadata'), http2: true }))
      for await (const chunk of body) {
        const event = JSON.parse(String(chunk).split('\n')[0] ?? '') as { type: string; object: KubeObject }
        assert.deepEqual(
          [event.type, event.object.kind, event.object.metadata.name],
          ['ADDED', 'PartialObjectMetadata', 'web'],
        )
        break
      }
    })

    test('discovery, also aggregated, and OpenAPI of both versions', async () => {
      const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'
      const discovery = await call('/apis', root({ headers: { accept } }))
      assert.equal(discovery.json.kind, 'APIGroupDiscoveryList')
      assert.deepEqual(
        discovery.json.items.map((each) => each.metadata.name),
        ['image.openshift.io', 'millrace.dev'],
      )
      assert.ok((await call(`/apis/${GROUP}`, root())).json.resources.some((each) => each.name === 'imagestreamtags'))
      assert.ok((await call('/openapi/v2', root())).json.definitions)
      const { paths } = (await call('/openapi/v3', root())).json
      const { serverRelativeURL = '' } = paths[`apis/${GROUP}`] ?? {}
      assert.ok((await call(serverRelativeURL, root())).json.components.schemas)
    })
  })

  describe('admits', () => {
    const path = `/apis/${GROUP}/admissionreviews/triggers`
    const deployment = (fieldPath = 'spec.template.spec.containers[0].image') => ({
      metadata: {
        name: 'app',
        annotations: {
          'image.openshift.io/triggers': JSON.stringify([
            { from: { kind: 'ImageStreamTag', name: 'web:1' }, fieldPath },
          ]),
        },
      },
      spec: { template: { spec: { containers: [{ name: 'web', image: 'web:dev' }] } } },
    })
    const review = (object: object, more: object = {}) => ({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      request: {
        uid: 'u',
        resource: { group: 'apps', version: 'v1', resource: 'deployments' },
        namespace: 'default',
        operation: 'CREATE',
        object,
        oldObject: null,
        ...more,
      },
    })
    const post = (body: unknown, http2 = true) => call(path, root({ method: 'POST', body, http2 }))
    const patchOf = ({ json }: Answer) =>
      JSON.parse(Buffer.from(json.response.patch ?? '', 'base64').toString()) as object[]

    test('a workload with the image of its tag, dry runs too, and warns where a trigger can never work', async () => {
      const image = {
        op: 'replace',
        path: '/spec/template/spec/containers/0/image',
        value: `quay.io/acme/web@${digest}`,
      }
      for (const more of [{}, { dryRun: true }]) {
        const answer = await post(review(deployment(), more))
        assert.ok(patchOf(answer).some((operation) => JSON.stringify(operation) === JSON.stringify(image)))
      }
      const { json } = await post(review(deployment('spec.template.spec.containers[?(@.name=="wbe")].image')))
      assert.equal(json.response.patch, undefined)
      assert.match(json.response.warnings?.[0] ?? '', /wbe/)
    })

    test('only who may ask: the cluster itself, and who has the right to', async () => {
      const asked = { method: 'POST', body: review(deployment()) }
      assert.equal((await call(path, asked)).status, 401)
      assert.equal((await call(path, { ...asked, headers: { 'x-remote-group': 'system:masters' } })).status, 401)
      cluster.mayDo = ({ resourceAttributes: right }) => (right as { resource: string }).resource !== 'admissionreviews'
      const denied = await call(path, as('joe', asked))
      assert.equal(denied.status, 403)
      assert.match(denied.json.message, /User "joe" may not ask for admission/)
      assert.doesNotMatch(denied.text, /sha256/)
      cluster.asked = []
      cluster.mayDo = ({ user }) => user === 'tester'
      assert.equal((await call(path, as('tester', asked))).status, 200)
      const right = { verb: 'create', group: 'image.openshift.io', resource: 'admissionreviews', name: 'triggers' }
      assert.deepEqual(cluster.asked, [{ user: 'tester', groups: [], resourceAttributes: right }])
    })

    test('many at once, each with its own answer, on one connection', async () => {
      const answers = await Promise.all(
        Array.from({ length: 200 }, (_, i) => post(review(deployment(), { uid: `u${i}` }))),
      )
      assert.deepEqual(
        answers.map(({ json }) => json.response.uid),
        answers.map((_, i) => `u${i}`),
      )
      assert.ok(answers.every((answer) => patchOf(answer).length > 0))
    })

    const wrong: [string, () => unknown, number, RegExp][] = [
      ['what is no JSON', () => '{', 400, /must be JSON/],
      ['another version', () => ({ ...review(deployment()), apiVersion: 'admission.k8s.io/v1beta1' }), 400, /v1beta1/],
      ['more than 7 MB', () => review({ ...deployment(), filler: 'x'.repeat(8 << 20) }), 413, /too large/],
    ]
    for (const http2 of [false, true]) {
      for (const [what, body, status, message] of wrong) {
        test(`nothing of ${what}, over ${http2 ? 'HTTP/2' : 'HTTP/1.1'}, and goes on`, async () => {
          const answer = await post(body(), http2)
          assert.equal(answer.status, status)
          assert.match(answer.text, message)
          assert.equal((await post(review(deployment()), http2)).status, 200)
        })
      }
    }
  })

  test('lets imports go to no address of this machine or its cloud, but for those that are allowed', async (t) => {
    const registry = await startFakeRegistry()
    t.after(() => registry.close())
    registry.content.image('a', '1', 'x')
    const hosts = ['169.254.169.254', '127.0.0.2:5000', registry.host]
    const images = hosts.map((host) => ({
      from: { kind: 'DockerImage', name: `${host}/a:1` },
      importPolicy: { insecure: true },
    }))
    const body = { metadata: { name: 'guarded' }, spec: { import: false, images } }
    const answer = await call(`/apis/${GROUP}/namespaces/default/imagestreamimports`, root({ method: 'POST', body }))
    assert.equal(answer.status, 201, answer.text)
    const { images: results } = answer.json.status as unknown as { images: { status: { message?: string } }[] }
    const messages = results.map(({ status }) => status.message ?? 'imported')
    for (const i of [0, 1]) assert.match(messages[i]!, /connections to [\d.]+ are not allowed \(/)
    assert.equal(messages[2], 'imported')
  })

  test('does all it has to, and nothing twice, when somebody is faster at every first write of an object', async (t) => {
    const registry = await startFakeRegistry()
    t.after(() => registry.close())
    const { client } = cluster
    const late = new Set<string>()
    cluster.intercept = async ({ method, path }) => {
      const [, , , , , namespace = '', plural = '', name = ''] = path.split('/')
      if (!['PUT', 'PATCH'].includes(method) || !/late-/.test(name) || late.has(path)) return undefined
      late.add(path)
      if (plural === 'deployments')
        return { status: 409, body: JSON.stringify(conflict(DEPLOYMENTS.resource, name, MODIFIED).status) }
      // Somebody else has just written it.
      const resource = { group: 'storage.millrace.dev', version: 'v1', plural }
      await client.patch({ resource, namespace, name }, 'merge', { metadata: { labels: { touched: 'x' } } })
      return undefined
    }
    t.after(() => (cluster.intercept = undefined))
    const names = Array.from({ length: 5 }, (_, i) => `late-${i}`)
    await Promise.all(
      names.map(async (name) => {
        registry.content.image(`acme/${name}`, '1', name)
        const from = { kind: 'DockerImage', name: `${registry.host}/acme/${name}:1` }
        const tag = { name: '1', from, importPolicy: { insecure: true } }
        const body = { metadata: { name }, spec: { tags: [tag] } }
        assert.equal((await call(STREAMS, root({ method: 'POST', body }))).status, 201)
        const second = {
          metadata: { name: `${name}:2` },
          tag: { name: '2', from: { kind: 'ImageStreamTag', name: '1' } },
        }
        const path = `/apis/${GROUP}/namespaces/default/imagestreamtags`
        assert.equal((await call(path, root({ method: 'POST', body: second }))).status, 201)
        await client.create(DEPLOYMENTS, following(name))
      }),
    )
    for (const name of names) {
      await eventually(async () => {
        const { json } = await call(`${STREAMS}/${name}`, root())
        const histories = json.status.tags.map((each) => [each.tag, each.items.length])
        assert.deepEqual(histories, [
          ['1', 1],
          ['2', 1],
        ])
        const { metadata, spec } = await client.get<Deployment>({ ...DEPLOYMENTS, name })
        assert.match(spec.template.spec.containers[0]?.image ?? '', /@sha256:/)
        assert.equal(metadata.generation, 2, 'patched once')
      })
      const manifests = registry.requests.filter(
        (each) => each.startsWith('GET') && each.includes(`/acme/${name}/manifests/`),
      )
      assert.equal(manifests.length, 1, manifests.join())
    }
    assert.equal(late.size, 2 * names.length)
  })

  test('ends its watches cleanly when it stops: after whole events, and without a reset', async () => {
    const read = async (http2: boolean): Promise<string> => {
      const { body } = await send(`${STREAMS}?watch=true&resourceVersion=0`, root({ http2 }))
      return textOf(body)
    }
    const reading = Promise.all([read(false), read(true)])
    await call(STREAMS, root({ method: 'POST', body: { metadata: { name: 'last' } } }))
    const begun = performance.now()
    await (await starting).close()
    const texts = await reading
    assert.ok(performance.now() - begun < 4_000)
    for (const text of texts) {
      assert.ok(text.endsWith('}\n'))
      const names = text
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { object: KubeObject }).object.metadata.name)
      assert.ok(names.includes('web') && names.includes('last'))
    }
    await assert.rejects(call('/readyz'))
    assert.equal(
      await cluster.client
        .list({ resource: { group: 'apiregistration.k8s.io', version: 'v1', plural: 'apiservices' } })
        .then(({ items }) => items.length),
      0,
    )
  })
})
