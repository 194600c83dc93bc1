import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { FakeClient } from '../../../test/support/fakeClient.ts'
import { silent } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { conflict } from '../../core/machinery/status.ts'
import { authoritiesOf, parseBundle, trusted, type Secret } from './bundle.ts'
import { CertificateController, type Trusting } from './controller.ts'

const SECRET = { metadata: { namespace: 'ns', name: 'serving', resourceVersion: '1' } }
const THING = { group: 'g', version: 'v1', plural: 'things' }
const DAY = 24 * 3_600_000

interface Thing extends KubeObject {
  hooks: { name: string; ca?: string }[]
}
const thing: Trusting = {
  resource: THING,
  name: 'thing',
  places: (object) => (object as Thing).hooks.map(({ ca }, index) => ({ pointer: `/hooks/${index}/ca`, found: ca })),
}

class World extends FakeClient {
  now = new Date('2026-01-01T00:00:00Z')
  readonly stopper = new AbortController()
  controller!: CertificateController
  /** What was logged for people to see: fields and text. */
  readonly logged: unknown[][] = []

  constructor() {
    super()
    this.put('things', { metadata: { name: 'thing' }, hooks: [{ name: 'a' }, { name: 'b', ca: 'old' }] } as Thing)
  }

  start(t: TestContext): this {
    this.controller = new CertificateController({
      client: this,
      namespace: 'ns',
      secret: 'serving',
      hosts: ['x.ns.svc'],
      trusting: [thing],
      log: { ...silent, warn: (...said) => this.logged.push(said), info: (...said) => this.logged.push(said) },
      signal: this.stopper.signal,
      now: () => this.now,
      backoff: () => 1,
    })
    const running = this.controller.run()
    t.after(async () => {
      this.stopper.abort()
      await running
    })
    return this
  }

  secret(): Secret {
    return this.peek('secrets', 'ns', 'serving') as Secret
  }

  told(): (string | undefined)[] {
    return (this.peek('things', '', 'thing') as Thing).hooks.map(({ ca }) => ca && Buffer.from(ca, 'base64').toString())
  }

  async settled(): Promise<string> {
    return eventually(
      async () => {
        const bundle = parseBundle(this.secret())
        assert.ok(bundle)
        assert.deepEqual(this.told(), [trusted(bundle), trusted(bundle)])
        await this.controller.idle()
        return trusted(bundle)
      },
      { interval: 2 },
    )
  }
}

test('fills an empty secret and tells everybody, once', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  await w.start(t).settled()
  await w.controller.idle()
  assert.equal(w.made('update', 'secrets').length, 1)
  assert.equal(w.made('patch', 'things').length, 1)
})

test('tells again what somebody has overwritten', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  const ca = await w.start(t).settled()
  w.put('things', { metadata: { name: 'thing' }, hooks: [{ name: 'a', ca: 'bm9uc2Vuc2U=' }, { name: 'new' }] } as Thing)
  assert.equal(await w.settled(), ca)
})

test('mends a damaged secret', async (t) => {
  const w = new World()
  w.put('secrets', { ...SECRET, data: { 'tls.crt': 'AAAA' } } as Secret)
  const ca = await w.start(t).settled()
  w.put('secrets', { ...w.secret(), data: {} } as Secret)
  await eventually(async () => assert.notEqual(await w.settled(), ca), { interval: 2 })
})

test('mends a secret that does not say any more whom to trust, with the certificate that it has', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  const ca = await w.start(t).settled()
  const { 'ca.crt': _, ...rest } = w.secret().data!
  for (const data of [rest, { ...rest, 'ca.crt': 'AAAA' }]) {
    w.put('secrets', { ...w.secret(), data } as Secret)
    await eventually(() => assert.equal(authoritiesOf(w.secret()), ca), { interval: 2 })
    assert.equal(await w.settled(), ca)
  }
})

test('a lost compare-and-swap, and a refused patch, are tried again', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  const refused = new Set<string>()
  w.fault = ({ verb, plural }) => {
    if ((verb !== 'update' && verb !== 'patch') || refused.has(plural)) return
    refused.add(plural)
    throw conflict({ group: '', plural }, 'x', 'somebody was faster')
  }
  await w.start(t).settled()
  assert.deepEqual([...refused], ['secrets', 'things'])
})

test('waits for a secret that is not there yet', async (t) => {
  const w = new World()
  w.start(t)
  await eventually(() => assert.equal(w.made('list', 'secrets').length, 1), { interval: 2 })
  w.put('secrets', SECRET)
  await w.settled()
})

test('says once that the secret is gone, and fills it when it is back', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  const ca = await w.start(t).settled()
  w.remove('secrets', 'ns', 'serving')
  await eventually(() => assert.equal(w.logged.length, 2), { interval: 2 })
  w.put('things', { ...w.peek('things', '', 'thing')!, metadata: { name: 'thing', labels: { a: 'b' } } })
  await w.controller.idle()
  w.put('secrets', SECRET)
  await eventually(async () => assert.notEqual(await w.settled(), ca), { interval: 2 })
  const renewing = [{ secret: 'ns/serving' }, 'renewing the certificates of the server']
  const gone = [{ secret: 'ns/serving' }, 'the secret for certificates is gone: run "millrace install"']
  assert.deepEqual(w.logged, [renewing, gone, renewing])
})

test('a new authority is told before it signs', async (t) => {
  const w = new World()
  w.put('secrets', SECRET)
  await w.start(t).settled()
  const first = parseBundle(w.secret())!
  w.now = new Date(w.now.getTime() + 740 * DAY)
  const look = () => w.put('secrets', w.secret())
  look()
  await eventually(() => assert.ok(parseBundle(w.secret())?.next), { interval: 2 })
  await w.settled()
  assert.equal(parseBundle(w.secret())!.authority.cert, first.authority.cert)
  w.now = new Date(w.now.getTime() + DAY)
  look()
  await eventually(() => assert.notEqual(parseBundle(w.secret())!.authority.cert, first.authority.cert), {
    interval: 2,
  })
  await w.settled()
  assert.deepEqual(parseBundle(w.secret())!.previous, [first.authority.cert.trim()])
})
