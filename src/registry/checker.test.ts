// Checks with credentials: what they cost, and how they outlive changes of secrets.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { pullSecret } from '../../test/support/importRequests.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { sourceOf } from '../core/schedule/source.ts'
import { createOutbound } from '../http/outbound.ts'
import { createChecker } from './checker.ts'
import { createHttpReader } from './httpReader.ts'
import type { RegistryReader, Repository } from './reader.ts'
import { IMPATIENT } from './retry.ts'

const MINUTE = 60_000

async function setUp(t: TestContext) {
  const users: Record<string, string> = { u: 'right' }
  const fake = await startFakeRegistry({ auth: 'basic', users })
  const outbound = createOutbound()
  t.after(async () => {
    await outbound.close()
    await fake.close()
  })
  const { digest } = fake.content.image('app', 'v1', 'one')
  const secrets = new Map<string, PullSecret[]>()
  const unreadable = new Set<string>()
  const told: string[] = []
  let now = 0
  let reads = 0
  let reading = 0
  let most = 0
  const check = createChecker({
    reader: createHttpReader({ outbound, retry: IMPATIENT }),
    async secrets(namespace) {
      reads++
      most = Math.max(most, ++reading)
      await setImmediate()
      reading--
      if (unreadable.has(namespace)) throw new Error('forbidden')
      return secrets.get(namespace) ?? []
    },
    problem: ({ name }, message) => void told.push(`${name}: ${message}`),
    clock: () => now,
  })
  const source = sourceOf(`${fake.host}/app:v1`, true)!
  const signal = new AbortController().signal
  /** What the namespaces were told, and with how many requests and lists of secrets. */
  async function run(...namespaces: string[]) {
    fake.requests.length = reads = 0
    const outcomes = await check({ source, namespaces, signal })
    const said = outcomes.map(({ namespaces, checked }) => [
      namespaces.join(),
      'digest' in checked && checked.digest === digest ? 'same' : checked.failure,
    ])
    const heads = fake.requests.filter((line) => line.startsWith('HEAD')).length
    return { said, heads, reads }
  }
  const pass = (milliseconds: number) => void (now += milliseconds)
  const set = (namespace: string, ...passwords: string[]) =>
    secrets.set(
      namespace,
      passwords.map((password) => pullSecret(fake.host, password)),
    )
  return { users, secrets, unreadable, told, run, pass, set, most: () => most }
}

test('an unchanged tag costs one HEAD, whichever of several credentials is the right one', async (t) => {
  const { run, set } = await setUp(t)
  set('a', 'wrong', 'worse', 'right')
  assert.deepEqual(await run('a'), { said: [['a', 'same']], heads: 3, reads: 1 })
  for (let i = 0; i < 3; i++) assert.deepEqual(await run('a'), { said: [['a', 'same']], heads: 1, reads: 0 })
})

test('namespaces with the same credentials are served by one check, others by their own', async (t) => {
  const { run, set } = await setUp(t)
  set('a', 'wrong', 'right')
  set('b', 'wrong', 'right')
  set('c', 'wrong')
  assert.deepEqual((await run('a', 'b', 'c')).said, [
    ['a,b', 'same'],
    ['c', 'Unauthorized'],
  ])
})

test('a password that is changed at the registry and in its secret costs no failed check', async (t) => {
  const { users, run, set, pass } = await setUp(t)
  set('a', 'right')
  await run('a')
  users['u'] = 'new'
  set('a', 'new')
  pass(2 * MINUTE)
  assert.deepEqual(await run('a'), { said: [['a', 'same']], heads: 2, reads: 1 })
  assert.deepEqual(await run('a'), { said: [['a', 'same']], heads: 1, reads: 0 })
})

test('a password that stays wrong does not have secrets read with each check', async (t) => {
  const { run, set, pass } = await setUp(t)
  set('a', 'wrong')
  assert.deepEqual(await run('a'), { said: [['a', 'Unauthorized']], heads: 1, reads: 1 })
  pass(MINUTE / 2)
  assert.deepEqual(await run('a'), { said: [['a', 'Unauthorized']], heads: 1, reads: 0 })
  pass(MINUTE)
  assert.deepEqual(await run('a'), { said: [['a', 'Unauthorized']], heads: 1, reads: 1 })
})

test('a broken secret is told of, and does no harm', async (t) => {
  const { run, set, secrets, told } = await setUp(t)
  set('a', 'right')
  secrets.get('a')!.unshift({ ...pullSecret('r.io', 'x'), name: 'broken', data: {} })
  assert.deepEqual((await run('a')).said, [['a', 'same']])
  assert.deepEqual(told, ['broken: it has no key .dockercfg'])
})

test('of thousands of namespaces a few are read at once, no more often than one alone, and again at different times', async (t) => {
  const { run, set, pass, most } = await setUp(t)
  const namespaces = Array.from({ length: 3_000 }, (_, i) => `n${i}`)
  for (const each of namespaces) set(each, 'right')
  const read = async () => (await run(...namespaces)).reads
  assert.equal(await read(), namespaces.length)
  assert.ok(most() <= 8, `${most()} at once`)
  for (let i = 0; i < 3; i++) assert.equal(await read(), 0)
  let total = 0
  for (let i = 0; i < 10; i++) {
    pass(MINUTE / 2)
    const again = await read()
    assert.ok(again < namespaces.length / 2 + 200, `${again} again`)
    total += again
  }
  assert.ok(total >= namespaces.length, `${total} within five minutes`)
})

test('thousands of namespaces that all have other credentials are compared with one another in no more steps than there are of them', async () => {
  const namespaces = Array.from({ length: 2_000 }, (_, i) => `n${i}`)
  const asked: Record<string, number> = { reads: 0, finds: 0, heads: 0 }
  const digest = `sha256:${'0'.repeat(64)}`
  const reader = {
    async head({ candidates }: Repository) {
      asked['heads']!++
      await candidates?.([])
      return { digest, mediaType: '' }
    },
  } as Partial<RegistryReader> as RegistryReader
  const check = createChecker({
    reader,
    secrets(namespace) {
      asked['reads']!++
      return Promise.resolve([pullSecret('r.test', namespace)])
    },
    shared() {
      asked['finds']!++
      return Promise.resolve({ credentials: [] })
    },
  })
  const source = sourceOf('r.test/app:v1', false)!
  const outcomes = await check({ source, namespaces, signal: new AbortController().signal })
  assert.deepEqual(
    outcomes.map((outcome) => outcome.namespaces),
    namespaces.map((namespace) => [namespace]),
  )
  assert.deepEqual(asked, { reads: 2_000, finds: 2_000, heads: 2_000 })
})

test('a namespace whose secrets cannot be read fails alone', async (t) => {
  const { run, set, unreadable } = await setUp(t)
  unreadable.add('a')
  set('b', 'right')
  assert.deepEqual((await run('a', 'b')).said, [
    ['a', 'InternalError'],
    ['b', 'same'],
  ])
})
