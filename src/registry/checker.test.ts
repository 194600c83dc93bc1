// Checks with credentials: what they cost, and how they outlive changes of secrets.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { pullSecret } from '../../test/support/importRequests.ts'
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { sourceOf } from '../core/schedule/source.ts'
import { createOutbound } from '../http/outbound.ts'
import { createChecker } from './checker.ts'
import { createHttpReader } from './httpReader.ts'
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
  const told: string[] = []
  let now = 0
  let reads = 0
  const check = createChecker({
    reader: createHttpReader({ outbound, retry: IMPATIENT }),
    secrets(namespace) {
      reads++
      return Promise.resolve(secrets.get(namespace) ?? [])
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
  return { users, secrets, told, run, pass, set }
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
