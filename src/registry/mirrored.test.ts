// Imports and checks of registries that have mirrors: who is asked for what, and with which credential.
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { importRequest, insecureSpec, pullSecret } from '../../test/support/importRequests.ts'
import { type MisbehavingRegistry, startMisbehavingRegistry } from '../../test/support/misbehavingRegistry.ts'
import * as wrong from '../../test/support/misbehaviours.ts'
import type { RegistryConfiguration } from '../core/registries/configuration.ts'
import { type Registries, registriesOf } from '../core/registries/prefix.ts'
import { sourceOf } from '../core/schedule/source.ts'
import { createOutbound } from '../http/outbound.ts'
import { createChecker } from './checker.ts'
import type { FakeOptions } from '../../test/support/fakeRegistry.ts'
import { createHttpReader } from './httpReader.ts'
import { createImporter } from './importer.ts'
import { mirrored } from './mirrored.ts'
import { IMPATIENT, ONCE } from './retry.ts'

interface Options {
  /** What else the configuration says of the registry. */
  more?: Partial<RegistryConfiguration>
  /** Of the registry, and of each of two mirrors. */
  auth?: Pick<FakeOptions, 'auth' | 'users'>
  mirrorAuth?: Pick<FakeOptions, 'auth' | 'users'>
}

/** A registry and two mirrors, all with the same `app:v1`; in mirrors below `hub/`. */
async function setUp(t: TestContext, { more, auth, mirrorAuth }: Options = {}) {
  const registry = await startMisbehavingRegistry(auth)
  const mirrors = [await startMisbehavingRegistry(mirrorAuth), await startMisbehavingRegistry(mirrorAuth)] as const
  const outbound = createOutbound()
  t.after(async () => {
    await outbound.close()
    await Promise.all([registry, ...mirrors].map((each) => each.close()))
  })
  registry.move('team/app', 'v1', 'one')
  for (const mirror of mirrors) mirror.move('hub/team/app', 'v1', 'one')
  const time = { now: 0 }
  const lines: string[] = []
  const entry: RegistryConfiguration = {
    prefix: registry.host,
    mirrors: mirrors.map(({ host }) => ({ location: `${host}/hub`, insecure: true })),
    ...more,
  }
  let current: Registries = registriesOf({ registries: [entry] })
  const timeouts = { ping: 1000, token: 1000, request: 1000 }
  const reader = mirrored({
    reader: createHttpReader({ outbound, retry: IMPATIENT, timeouts }),
    mirrors: createHttpReader({ outbound, retry: ONCE, timeouts }),
    registries: () => current,
    log: {
      info: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
      warn: (fields, message) => void lines.push(`${message} ${JSON.stringify(fields)}`),
    },
    clock: () => time.now,
  })
  const importer = createImporter({ reader, platform: { architecture: 'amd64', os: 'linux' } })
  const spec = `${registry.host}/team/app:v1`
  const run = async (secrets: ReturnType<typeof pullSecret>[] = []) => {
    const result = (await importer(importRequest({ images: [insecureSpec(spec)], secrets }))).images[0]!
    return { ...result, says: result.status.message ?? result.status.status }
  }
  const all = [registry, ...mirrors]
  return {
    registry,
    mirrors,
    reader,
    spec,
    time,
    lines,
    repository: { host: registry.host, name: 'team/app', insecure: true },
    reconfigure: (registries: RegistryConfiguration[]) => (current = registriesOf({ registries })),
    /** How often each was asked for a manifest or a blob since the last time. */
    asked: counter(all),
    run,
  }
}

function counter(registries: readonly MisbehavingRegistry[]) {
  const kinds = ['manifestGet', 'manifestHead', 'blobGet', 'tags'] as const
  const total = () => registries.map(({ log }) => kinds.reduce((sum, kind) => sum + log.count(kind), 0))
  let before = total()
  return () => {
    const now = total()
    const difference = now.map((count, i) => count - before[i]!)
    before = now
    return difference
  }
}

const never = new AbortController().signal

describe('an image', () => {
  test('comes from the first mirror, and keeps the name of its registry', async (t) => {
    const { run, asked, registry } = await setUp(t)
    const { image, says } = await run()
    assert.equal(says, 'Success')
    assert.match(image!.dockerImageReference!, new RegExp(`^${registry.host}/team/app@sha256:`))
    assert.deepEqual(asked(), [0, 2, 0])
    assert.equal(registry.log.count(), 0)
  })

  test('that a mirror does not have comes from the next one, and from the registry in the end', async (t) => {
    const { run, asked, mirrors, lines } = await setUp(t)
    mirrors[0].content.manifests.clear()
    assert.equal((await run()).says, 'Success')
    // That of the configuration is asked for anew: the first mirror may well have it.
    assert.deepEqual(asked(), [0, 2, 1])
    for (const mirror of mirrors) {
      mirror.content.manifests.clear()
      mirror.content.blobs.clear()
    }
    assert.equal((await run()).says, 'Success')
    assert.ok(asked()[0]! > 0)
    assert.deepEqual(lines, [])
  })

  for (const [what, misbehaviour] of Object.entries({
    'is silent': wrong.silence(),
    'hangs up': wrong.hangUp(),
    'speaks HTML': wrong.htmlError(503),
    'says 429': wrong.tooManyRequests({ retryAfter: 3600 }),
    'gives a wrong digest': wrong.wrongDigest(),
    'gives half of it': wrong.truncatedBody(),
    'asks for more than anybody has': wrong.challenge('Basic realm="x"'),
  }))
    test(`is had though the first mirror ${what}`, async (t) => {
      const { run, mirrors, asked } = await setUp(t)
      mirrors[0].misbehave(misbehaviour)
      const { says, image } = await run()
      assert.equal(says, 'Success')
      assert.equal(asked()[0], 0)
      assert.ok(image)
    })

  test('that nobody gives fails as the registry says, not as a mirror does', async (t) => {
    const { run, mirrors, registry } = await setUp(t)
    mirrors[0].misbehave(wrong.htmlError(503))
    mirrors[1].misbehave(wrong.hangUp())
    registry.content.manifests.clear()
    const { status } = await run()
    assert.equal(status.reason, 'NotFound')
    assert.match(status.message!, new RegExp(`"${registry.host}/team/app:v1" not found`))
  })

  test('is never asked of the registry where the mirrors are all there is', async (t) => {
    const { run, mirrors, registry } = await setUp(t, { more: { mirrorsOnly: true } })
    assert.equal((await run()).says, 'Success')
    // A mirror that has not got it says less than one that is in trouble.
    for (const mirror of mirrors) mirror.content.manifests.clear()
    assert.equal((await run()).status.reason, 'NotFound')
    mirrors[0].misbehave(wrong.htmlError(503))
    assert.match((await run()).says, /503/)
    assert.equal(registry.log.count(), 0)
  })
})

test('a mirror that does not work is left out for half a minute, and the log says so once', async (t) => {
  const { run, mirrors, time, asked, lines } = await setUp(t)
  // Its pings are fine: what they tell is remembered for a while.
  mirrors[0].misbehave(wrong.htmlError(503), { kind: ['manifestGet', 'manifestHead', 'blobGet'] })
  await run()
  const before = mirrors[0].log.count()
  for (time.now of [1, 29_999]) assert.equal((await run()).says, 'Success')
  assert.equal(mirrors[0].log.count(), before)
  time.now = 30_000
  await run()
  assert.ok(mirrors[0].log.count() > before)
  assert.equal(lines.length, 1)
  assert.match(lines[0]!, /left out.*503/)
  mirrors[0].behave()
  asked()
  time.now = 60_000
  await run()
  assert.ok(asked()[1]! > 0)
  assert.match(lines[1]!, /works again/)
})

test('mirrors that are all there is are asked even while they do not work', async (t) => {
  const { run, mirrors } = await setUp(t, { more: { mirrorsOnly: true } })
  for (const mirror of mirrors) mirror.misbehave(wrong.hangUp(), { kind: 'manifestGet', times: 1 })
  assert.notEqual((await run()).says, 'Success')
  assert.equal((await run()).says, 'Success')
})

test('another configuration counts from the next request on', async (t) => {
  const { run, asked, reconfigure } = await setUp(t)
  reconfigure([])
  await run()
  assert.deepEqual(asked(), [2, 0, 0])
})

test('lists of tags come from the registry, and from mirrors where it does not answer', async (t) => {
  const { reader, repository, registry, mirrors } = await setUp(t)
  registry.move('team/app', 'v2', 'two')
  assert.deepEqual(await reader.tags(repository, never), ['v1', 'v2'])
  registry.misbehave(wrong.htmlError(500))
  assert.deepEqual(await reader.tags(repository, never), ['v1'])
  for (const mirror of mirrors) mirror.misbehave(wrong.hangUp())
  await assert.rejects(reader.tags(repository, never), /500/)
})

test('an aborted request asks nobody else', async (t) => {
  const { reader, repository, mirrors, registry } = await setUp(t)
  const controller = new AbortController()
  mirrors[0].misbehave(() => {
    controller.abort(new Error('enough'))
    return true
  })
  await assert.rejects(reader.manifest(repository, 'v1', controller.signal), /enough/)
  assert.equal(mirrors[1].log.count() + registry.log.count(), 0)
})

describe('credentials', () => {
  const users = { me: 'secret' }
  const theirs = { me: 'other' }

  test('are those for the place of the mirror, and those of the registry never get there', async (t) => {
    const options = { auth: { auth: 'basic', users }, mirrorAuth: { auth: 'basic', users: theirs } } as const
    const { run, registry, mirrors, asked } = await setUp(t, options)
    const [first, second] = mirrors
    const own = pullSecret(registry.host, users.me, 'me')
    assert.equal((await run([own])).says, 'Success')
    assert.equal(asked()[0], 2)
    for (const { log } of mirrors) assert.ok(log.requests.every(({ authorization }) => authorization === 'none'))
    // A part of the mirror has its own, which is not for the other.
    assert.equal((await run([own, pullSecret(`${second.host}/hub/team`, theirs.me, 'me')])).says, 'Success')
    assert.ok(first.log.requests.every(({ authorization }) => authorization === 'none'))
    assert.ok(second.log.requests.some(({ authorization, status }) => authorization === 'basic' && status === 200))
    assert.equal(asked()[0], 0)
  })

  test('make checks of other namespaces their own, where they differ for a mirror', async (t) => {
    const { spec, reader, mirrors } = await setUp(t, { mirrorAuth: { auth: 'basic', users: theirs } })
    const secrets: Record<string, ReturnType<typeof pullSecret>[]> = {
      good: [pullSecret(mirrors[0].host, theirs.me, 'me')],
      same: [pullSecret(mirrors[0].host, theirs.me, 'me')],
      none: [],
    }
    const check = createChecker({ reader, secrets: async (namespace) => secrets[namespace]! })
    const source = sourceOf(spec, true)!
    const outcomes = await check({ source, namespaces: ['good', 'none', 'same'], signal: never })
    assert.deepEqual(
      outcomes.map(({ namespaces, checked }) => [namespaces, 'digest' in checked]),
      [
        [['good', 'same'], true],
        [['none'], true],
      ],
    )
  })
})

test('a check of a tag that has not moved is one HEAD of a mirror', async (t) => {
  const { reader, repository, asked, mirrors } = await setUp(t)
  const head = (await reader.head(repository, 'v1', never))!
  assert.match(head.digest, /^sha256:/)
  assert.equal((await reader.head(repository, 'v1', never, head))!.digest, head.digest)
  assert.deepEqual(asked(), [0, 2, 0])
  // What the tag means elsewhere is no business of the next server.
  mirrors[0].content.manifests.clear()
  assert.equal((await reader.head(repository, 'v1', never, head))!.digest, head.digest)
})
