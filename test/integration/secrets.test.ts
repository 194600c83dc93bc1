// Imports with a password that is told apart from everything else, through all that registries do wrong; then it is looked for in
// everything that anybody can read: logs, events, streams, answers, metrics.
import assert from 'node:assert/strict'
import { Writable } from 'node:stream'
import { after, before, describe, test } from 'node:test'
import { createLog } from '../../src/app/log.ts'
import { type Standalone, startStandalone } from '../../src/app/standalone.ts'
import type { ImageStream } from '../../src/core/image/types.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { eventually } from '../support/eventually.ts'
import { readKubeconfig } from '../support/kubeconfig.ts'
import {
  type Misbehaviour,
  type MisbehavingRegistry,
  startMisbehavingRegistry,
} from '../support/misbehavingRegistry.ts'
import * as wrong from '../support/misbehaviours.ts'
import { plainRequest } from '../support/plainRequest.ts'
import { temporaryDirectory } from '../support/processes.ts'
import type { RequestKind } from '../support/registryLog.ts'

const USER = 'robot'
/** Written differently in JSON, in URLs and in HTML. */
const PASSWORD = 'dist1nctive "p&ss/wörd%41'
const PAIR = `${USER}:${PASSWORD}`
const TOKEN = 'dist1nctive-t0ken.for-tests_only'
const base64 = (text: string) => Buffer.from(text).toString('base64')

/** Every form in which they could be found. */
const NEEDLES = [
  'dist1nctive',
  PASSWORD,
  encodeURIComponent(PASSWORD),
  JSON.stringify(PASSWORD).slice(1, -1),
  base64(PASSWORD).replaceAll('=', ''),
  base64(PAIR).replaceAll('=', ''),
  base64(TOKEN).replaceAll('=', ''),
]

const CONTENT: RequestKind[] = ['manifestGet', 'manifestHead', 'blobGet']
const elsewhere = `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:1/?password=${encodeURIComponent(PASSWORD)}`

/** What goes wrong, by the repository to which it happens; at content, or at the token server. */
const cases: Record<string, { what: Misbehaviour; at?: readonly RequestKind[] }> = {
  nothing: { what: () => {} },
  limited: { what: wrong.tooManyRequests({ retryAfter: 3600 }) },
  expired: { what: wrong.expiredTokens(), at: ['manifestGet'] },
  digest: { what: wrong.wrongDigest() },
  truncated: { what: wrong.truncatedBody() },
  html: { what: wrong.htmlError(404) },
  gone: { what: wrong.deleted() },
  hangup: { what: wrong.hangUp() },
  redirected: { what: wrong.redirect(elsewhere) },
  metadata: { what: wrong.redirect('http://169.254.169.254/') },
  realm: { what: wrong.challenge(`Bearer realm="${elsewhere}",service="x",error="${TOKEN}"`) },
  file: { what: wrong.redirect('file:///etc/passwd') },
  ...Object.fromEntries([400, 401, 403, 404, 500].map((status) => [`echo${status}`, { what: wrong.echo(status) }])),
  ...Object.fromEntries(
    Object.entries({
      limited: wrong.tooManyRequests({ retryAfter: 3600 }),
      echo: wrong.echo(403),
      html: wrong.htmlError(200),
      hangup: wrong.hangUp(),
      redirected: wrong.redirect(elsewhere),
      unusable: wrong.tokenAnswer({ token: `${TOKEN}\n` }),
    } satisfies Record<string, Misbehaviour>).map(([name, what]) => [
      `token-${name}`,
      { what, at: ['token'] as const },
    ]),
  ),
}

const CORE = { group: '', version: 'v1' }
const IMAGES = { group: 'image.openshift.io', version: 'v1' }
const namespace = 'default'

describe('a password', () => {
  let server: Standalone
  const registries: MisbehavingRegistry[] = []
  let logged = ''
  const answers: unknown[] = []
  before(async () => {
    const stream = new Writable({
      write(chunk, _, done) {
        logged += String(chunk)
        done()
      },
    })
    server = await startStandalone({
      port: 0,
      dataDir: temporaryDirectory('secrets'),
      log: createLog({ level: 'debug', stream }),
    })
    for (const auth of ['basic', 'bearer'] as const) {
      const registry = await startMisbehavingRegistry({ auth, users: { [USER]: PASSWORD } })
      registries.push(registry)
      for (const [name, { what, at = CONTENT }] of Object.entries(cases)) {
        registry.content.image(name, 'v1', name)
        registry.misbehave(what, { repository: name, kind: at })
      }
    }
    const auths = Object.fromEntries(registries.map(({ host }) => [host, { auth: base64(PAIR) }]))
    // A secret that makes no sense is spoken of, and not quoted.
    const broken = { '127.0.0.1:1': { auth: base64(PASSWORD) } }
    for (const [name, content] of Object.entries({ pull: { auths }, broken: { auths: broken } })) {
      const data = { '.dockerconfigjson': base64(JSON.stringify(content)) }
      const secret = { metadata: { name }, type: 'kubernetes.io/dockerconfigjson', data }
      await server.client.create({ resource: { ...CORE, plural: 'secrets' }, namespace }, secret)
    }
    await Promise.all(
      registries.flatMap(({ host }, i) =>
        Object.keys(cases).map((name) => importBoth(`${host}/${name}`, `${name}-${i}`)),
      ),
    )
  })
  after(async () => {
    await server?.close()
    await Promise.all(registries.map((registry) => registry.close()))
  })

  /** By the controller, and by a request. */
  async function importBoth(image: string, name: string): Promise<void> {
    const from = { kind: 'DockerImage', name: `${image}:v1` }
    const importPolicy = { insecure: true }
    const streams = { resource: { ...IMAGES, plural: 'imagestreams' }, namespace }
    const spec = { tags: [{ name: 'v1', from, importPolicy }] }
    await server.client.create(streams, { metadata: { name }, spec } as KubeObject)
    const order = { metadata: { name: `${name}-now` }, spec: { import: true, images: [{ from, importPolicy }] } }
    const imports = { resource: { ...IMAGES, plural: 'imagestreamimports' }, namespace }
    answers.push(await server.client.create(imports, order))
    await eventually(
      async () => {
        const { status } = (await server.client.get({ ...streams, name })) as ImageStream
        assert.ok(status?.tags?.[0]?.conditions?.length || status?.tags?.[0]?.items?.length, name)
      },
      { timeout: 60_000, interval: 100 },
    )
  }

  test('is used', () => {
    const [basic, bearer] = registries.map(({ log }) => log.requests)
    assert.ok(basic!.filter(({ authorization }) => authorization === 'basic').length >= Object.keys(cases).length)
    assert.ok(bearer!.some(({ kind, authorization }) => kind === 'token' && authorization === 'basic'))
  })

  test('stands in no stream, event, image or answer', async () => {
    const kinds = ['imagestreams', 'imagestreamtags', 'imagetags', 'images', 'events']
    const lists = kinds.map((plural) => {
      const group = plural === 'events' ? CORE : IMAGES
      return server.client.list({ resource: { ...group, plural }, ...(plural !== 'images' && { namespace }) })
    })
    const objects = await Promise.all(lists)
    clean('objects', JSON.stringify(objects))
    clean('answers', JSON.stringify(answers))
    const failures = JSON.stringify(answers).match(/"status":"Failure"/g)?.length ?? 0
    assert.ok(failures > Object.keys(cases).length, 'most of it fails')
    // An echo is shown, without what it repeats.
    assert.match(JSON.stringify(answers), /cannot take Basic \[redacted\] \(\[redacted\]\)/)
  })

  test('stands in no Event of a secret that makes no sense, of which there is one', async () => {
    const events = () => server.client.list({ resource: { ...CORE, plural: 'events' }, namespace })
    const told = await eventually(async () => {
      const { items } = await events()
      const found = items.filter((event) => (event as { reason?: string }).reason === 'InvalidPullSecret')
      assert.equal(found.length, 1)
      return found[0]!
    })
    assert.partialDeepStrictEqual(told, { involvedObject: { kind: 'Secret', name: 'broken' }, count: 1 })
    clean('event', JSON.stringify(told))
  })

  test('stands in no log', () => {
    assert.match(logged, /"secret":"default\/broken"/)
    clean('log', logged)
  })

  test('stands in no metric', async () => {
    const { url, ca, admin } = readKubeconfig(server.kubeconfig)
    const { status, text } = await plainRequest({ url, ca }, admin, { method: 'GET', path: '/metrics' })
    assert.equal(status, 200)
    assert.match(text, /millrace_registry_requests_total\{/)
    clean('metrics', text)
  })

  test('stands in no URL', () => {
    for (const { log } of registries) for (const { path } of log.requests) clean('URL', path)
  })
})

/** Tokens that the registry gives (support/fakeRegistry.ts). */
const GIVEN = /token-\d+-0\.\d+/

function clean(where: string, text: string): void {
  assert.doesNotMatch(text, GIVEN, where)
  for (const needle of NEEDLES) {
    const at = text.indexOf(needle)
    assert.ok(at < 0, `${where}: …${text.slice(Math.max(0, at - 200), at + 100)}…`)
  }
}
