// Many imports of the same at the same time: what the registry's own log says that they cost.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import type { FakeOptions } from '../../test/support/fakeRegistry.ts'
import { importRequest, insecureSpec, pullSecret } from '../../test/support/importRequests.ts'
import { type Misbehaviour, startMisbehavingRegistry } from '../../test/support/misbehavingRegistry.ts'
import * as wrong from '../../test/support/misbehaviours.ts'
import { createOutbound } from '../http/outbound.ts'
import { type Gate, HeldBack } from './gate.ts'
import { createHttpReader } from './httpReader.ts'
import { createImporter } from './importer.ts'
import { HostLimiters } from './limiter.ts'
import { IMPATIENT } from './retry.ts'

const MANY = 40
const HOUR = 3_600_000
const USERS = { me: 'secret', you: 'hidden' }
type User = keyof typeof USERS

/** Nothing is answered before so many milliseconds: others come meanwhile. */
const LATE = 20
const late: Misbehaviour = ({ response }) => {
  const end = response.end.bind(response) as (...all: unknown[]) => typeof response
  response.end = ((...all: unknown[]) => {
    setTimeout(() => end(...all), LATE)
    return response
  }) as typeof response.end
}

interface Options extends Omit<FakeOptions, 'intercept'> {
  gate?: Gate
  /** Imports that may ask the registry at once. Default: all. */
  places?: number
}

async function setUp(t: TestContext, { places = MANY, gate, ...options }: Options = {}) {
  const registry = await startMisbehavingRegistry(options)
  const outbound = createOutbound()
  t.after(async () => {
    await outbound.close()
    await registry.close()
  })
  registry.misbehave(late)
  registry.move('app', 'v1', 'one')
  const reader = createHttpReader({ outbound, retry: IMPATIENT, ...(gate && { gate }) })
  const hosts = new HostLimiters({ host: { total: places, each: places }, all: { total: 99, each: 99 } })
  const importer = createImporter({ reader, hosts, platform: { architecture: 'amd64', os: 'linux' } })
  const run = async (namespace: string, user?: User, signal = new AbortController().signal) => {
    const secrets = user ? [pullSecret(registry.host, USERS[user], user)] : []
    const images = [insecureSpec(`${registry.host}/app:v1`)]
    return (await importer(importRequest({ namespace, images, secrets, signal }))).images[0]!
  }
  const all = (userOf: (i: number) => User | undefined = () => undefined) =>
    Promise.all(Array.from({ length: MANY }, (_, i) => run(`ns${i}`, userOf(i))))
  const pulls = () => registry.log.requests.filter(({ kind, status }) => kind === 'manifestGet' && status === 200)
  return { registry, reader, run, all, pulls }
}

const images = (results: readonly { image?: { metadata?: { name?: string } } }[]) => [
  ...new Set(results.map(({ image }) => image?.metadata?.name)),
]

for (const [name, places, heads] of [
  ['at once', MANY, 2],
  // Each wave of them asks once more.
  ['in waves', 16, 12],
] as const)
  test(`a tag that has moved costs many imports ${name} one manifest and one configuration`, async (t) => {
    const { registry, all } = await setUp(t, { places })
    await all()
    registry.log.clear()
    const { digest } = registry.move('app', 'v1', 'two')
    assert.deepEqual(images(await all()), [digest])
    const { manifestHead = 0, ...costs } = registry.log.counts()
    assert.deepEqual(costs, { manifestGet: 1, blobGet: 1 })
    assert.ok(manifestHead <= heads, `${manifestHead}`)
  })

test('a tag that nobody has asked for yet is pulled once, too', async (t) => {
  const { registry, all } = await setUp(t)
  assert.equal(images(await all()).length, 1)
  assert.deepEqual(registry.log.counts(), { ping: 1, manifestGet: 1, manifestHead: 1, blobGet: 1 })
})

describe('each credential asks for itself', () => {
  for (const auth of ['basic', 'bearer'] as const)
    test(auth, async (t) => {
      const { registry, all, pulls } = await setUp(t, { auth, users: USERS })
      const results = await all((i) => (['me', 'you', undefined] as const)[i % 3])
      const refused = results.filter(({ image }) => !image)
      assert.equal(refused.length, Math.floor(MANY / 3))
      assert.ok(refused.every(({ status }) => status.reason === 'Unauthorized'))
      assert.equal(images(results.filter(({ image }) => image)).length, 1)
      // Who comes as the second one may know the manifest by then, and is let in by HEAD.
      assert.ok(pulls().length <= 2, `${pulls().length}`)
      const allowed = registry.log.requests.filter(({ kind, status }) => kind.startsWith('manifest') && status === 200)
      assert.ok(allowed.length >= 2, `${allowed.length}`)
    })

  test('also at a registry that greets everybody, and asks at the repository', async (t) => {
    const { registry, run, all, pulls } = await setUp(t, { auth: 'basic', users: USERS })
    registry.misbehave(({ kind, response }) => kind === 'ping' && (response.writeHead(200).end('{}'), true))
    const results = await all((i) => (['me', 'you', undefined] as const)[i % 3])
    assert.equal(results.filter(({ image }) => !image).length, Math.floor(MANY / 3))
    assert.ok(pulls().length <= 2, `${pulls().length}`)
    // What it wants is known by now: who is somebody asks at once as that.
    registry.log.clear()
    registry.move('app', 'v1', 'two')
    assert.ok((await run('ns', 'me')).image)
    assert.deepEqual(registry.log.counts(), { manifestHead: 1, manifestGet: 1, blobGet: 1 })
  })
})

test('a repository that was closed for a while is open again to nobody, too', async (t) => {
  const { registry, run } = await setUp(t)
  const challenge = { 'www-authenticate': 'Basic realm="r"' }
  const end = registry.misbehave(({ response }) => (response.writeHead(401, challenge).end(), true), {
    kind: 'manifestGet',
  })
  assert.equal((await run('a')).status.reason, 'Unauthorized')
  assert.equal((await run('a', 'me')).status.reason, 'Unauthorized')
  end()
  assert.ok((await run('a')).image)
  assert.ok((await run('a', 'me')).image)
})

describe('what goes wrong goes wrong for those who share it', () => {
  test('and is tried again for all of them together', async (t) => {
    const { registry, all } = await setUp(t)
    const stop = registry.misbehave(wrong.unavailable(), { kind: 'manifestGet' })
    const results = await all()
    assert.deepEqual(images(results), [undefined])
    // Two rounds of three attempts.
    assert.deepEqual(registry.log.counts(), { ping: 1, manifestGet: 6 })
    stop()
    assert.equal(images(await all()).length, 1)
  })

  test('for a while: then nobody hears of it', async (t) => {
    const { registry, all } = await setUp(t)
    registry.misbehave(wrong.unavailable(), { kind: 'manifestGet', times: 2 })
    registry.misbehave(wrong.unavailable(), { kind: 'blobGet', times: 2 })
    const results = await all()
    assert.deepEqual([images(results).length, results.every(({ image }) => image)], [1, true])
    const { manifestGet, blobGet } = registry.log.counts()
    assert.deepEqual([manifestGet, blobGet], [3, 3])
  })

  test('but that one may send nothing, because of a budget, is no failure of the others', async (t) => {
    let refused = 0
    const gate: Gate = ({ kind }) => {
      if (kind !== 'pull' || refused === 2) return () => {}
      refused++
      throw new HeldBack('not now', { ms: HOUR, reason: 'ConfiguredRate' }, true)
    }
    const { run } = await setUp(t, { gate })
    const results = await Promise.all([run('a'), run('b'), run('c')])
    assert.deepEqual(
      results.map(({ status }) => status.reason ?? ''),
      ['TooManyRequests', 'TooManyRequests', ''],
    )
  })

  test('but one that is not wanted any more ends nothing for the others', async (t) => {
    const { registry, run } = await setUp(t)
    const leaver = new AbortController()
    let asked = (): void => {}
    const begun = new Promise<void>((resolve) => (asked = resolve))
    registry.misbehave(() => asked(), { kind: 'blobGet' })
    const left = run('leaver', undefined, leaver.signal)
    const others = Array.from({ length: 5 }, (_, i) => run(`ns${i}`))
    await begun
    leaver.abort(new Error('not wanted'))
    await assert.rejects(left, /^Error: not wanted$/)
    assert.equal(images(await Promise.all(others)).length, 1)
    assert.equal(registry.log.count('manifestGet'), 1)
  })
})
