// Budgets at work: what a registry's own log says of checks and imports.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { atOnce } from '../../test/support/atOnce.ts'
import { eventually } from '../../test/support/eventually.ts'
import { measuring } from '../../test/support/exposition.ts'
import type { FakeOptions } from '../../test/support/fakeRegistry.ts'
import { importRequest, insecureSpec, pullSecret } from '../../test/support/importRequests.ts'
import { startMisbehavingRegistry } from '../../test/support/misbehavingRegistry.ts'
import * as wrong from '../../test/support/misbehaviours.ts'
import type { Rate } from '../core/registries/budget.ts'
import { credentialId } from '../core/registries/credentialId.ts'
import type { RegistryReport } from '../core/registries/report.ts'
import { sourceOf } from '../core/schedule/source.ts'
import { addressGuard, OWN_MACHINE } from '../http/addressGuard.ts'
import { createOutbound } from '../http/outbound.ts'
import { Budgets } from './budgets.ts'
import { createChecker } from './checker.ts'
import { createHttpReader } from './httpReader.ts'
import { createImporter } from './importer.ts'
import { HostLimiters } from './limiter.ts'
import { IMPATIENT } from './retry.ts'

const HOUR = 3_600_000
const USERS = { me: 'secret', you: 'hidden' }
const signal = new AbortController().signal

async function setUp(t: TestContext, options: Omit<FakeOptions, 'intercept'> = {}, rate?: Omit<Rate, 'prefix'>) {
  const registry = await startMisbehavingRegistry(options)
  const outbound = createOutbound({ allowAddress: addressGuard(OWN_MACHINE) })
  t.after(async () => {
    await outbound.close()
    await registry.close()
  })
  let now = 1_700_000_000_000
  const rateOf = (host: string) => (rate ? { ...rate, prefix: host } : undefined)
  const budgets = new Budgets({ now: () => now, rateOf })
  const hosts = new HostLimiters({ host: { total: 2, each: 2 }, all: { total: 9, each: 9 } })
  const reader = createHttpReader({ outbound, retry: IMPATIENT, gate: budgets.enter })
  const secrets = (namespace: string) =>
    Promise.resolve(
      Object.hasOwn(USERS, namespace)
        ? [pullSecret(registry.host, USERS[namespace as keyof typeof USERS], namespace)]
        : [],
    )
  const checker = createChecker({ reader, secrets, hosts })
  const importer = createImporter({ reader, hosts, platform: { architecture: 'amd64', os: 'linux' } })
  return {
    registry,
    budgets,
    pass: (ms: number) => void (now += ms),
    check: (tag: string, namespaces = ['ns'], errand = {}) =>
      checker({ source: sourceOf(`${registry.host}/app:${tag}`, true)!, namespaces, errand, signal }),
    run: async (tag: string, user = 'ns', namespace = user) => {
      const images = [insecureSpec(`${registry.host}/app:${tag}`)]
      const result = await importer(importRequest({ images, namespace, secrets: await secrets(user) }))
      return result.images[0]!.status
    },
  }
}

test('of a registry with a rate nothing is asked beyond it: pings, tokens, checks and imports count, and are told why not', async (t) => {
  const { registry, check, run, pass, budgets } = await setUp(
    t,
    { auth: 'bearer', users: USERS },
    { requests: 12, per: HOUR },
  )
  for (let i = 0; i < 10; i++) registry.move('app', `v${i}`, `seed ${i}`)
  let held = 0
  for (let i = 0; i < 10; i++) {
    const [outcome] = await check(`v${i}`, ['me'])
    if (outcome!.delay) held++
  }
  // A check at a time: the rest is spread over the hour.
  assert.equal(held, 9)
  assert.deepEqual(registry.log.counts(), { ping: 1, token: 1, manifestHead: 1 })
  for (let i = 0; i < 10; i++) await run(`v${i}`, 'me')
  const requests = () => registry.log.requests.filter(({ authorization }) => authorization !== 'none').length
  // A quarter is kept for checks, and a quarter of the rest for other namespaces.
  const first = requests()
  assert.ok(first >= 8 && first <= 9, `${first}`)
  const refused = await run('v9', 'me')
  assert.equal(refused.reason, 'TooManyRequests')
  assert.match(
    refused.message!,
    /the configured rate of 12 requests in 60m for 127\.0\.0\.1:\d+ is used up, but for what is kept for other namespaces and for checks; it is asked again in 6\dm/,
  )
  await run('v8', 'me', 'other')
  const sent = requests()
  assert.ok(sent > first && sent <= 11, `${first} ${sent}`)
  // Another user has a budget of his own.
  assert.equal((await run('v1', 'you')).status, 'Success')
  const mineNow = () => budgets.report().find(({ credential }) => credential === credentialId('me'))!
  assert.deepEqual(mineNow().limits, [{ from: 'configuration', limit: 12, remaining: 12 - sent, window: HOUR }])
  pass(HOUR + HOUR / 60)
  assert.equal(mineNow().limits[0]!.remaining, 12)
  assert.equal((await run('v9', 'me')).status, 'Success')
  const text = JSON.stringify(budgets.report())
  for (const secret of ['secret', 'hidden', '"me"', '"you"']) assert.ok(!text.includes(secret), secret)
})

test('what a registry tells by its headers slows checks, and not imports', async (t) => {
  const { registry, check, run, pass, budgets } = await setUp(t)
  for (const tag of ['v1', 'v2']) registry.move('app', tag, tag)
  registry.misbehave(wrong.quota({ limit: 100, remaining: 40, window: 3600 }))
  assert.ok((await check('v1'))[0]!.checked.digest)
  const [held] = await check('v2')
  assert.deepEqual([held!.delay?.reason, held!.namespaces], ['QuotaLow', ['ns']])
  assert.equal(registry.log.count('manifestHead'), 1)
  assert.equal((await run('v2')).status, 'Success')
  // One in a minute or so.
  assert.ok(held!.delay!.ms > 59_000 && held!.delay!.ms < 65_000, `${held!.delay!.ms}`)
  pass(70_000)
  assert.equal((await check('v2'))[0]!.delay, undefined)
  const [report] = budgets.report()
  assert.deepEqual(report!.limits, [{ from: 'registry', limit: 100, remaining: 39, window: HOUR }])
})

test('a registry that refuses an import is not asked by checks, however urgent, until it wants to be', async (t) => {
  const { registry, check, run, pass } = await setUp(t)
  registry.move('app', 'v1', 'one')
  const end = registry.misbehave(wrong.tooManyRequests({ retryAfter: 600 }), { kind: 'manifestGet' })
  await run('v1')
  end()
  for (const errand of [{}, { urgent: true }]) {
    const [outcome] = await check('v1', ['ns'], errand)
    assert.deepEqual(outcome!.delay, { ms: 600_000, reason: 'RateLimited' })
  }
  assert.equal(registry.log.count('manifestHead'), 0)
  pass(600_000)
  assert.ok((await check('v1'))[0]!.checked.digest)
})

for (const [kind, requests] of [
  ['ping', { ping: 1 }],
  ['token', { ping: 1, token: 1 }],
  ['manifestHead', { ping: 1, token: 1, manifestHead: 1 }],
] as const)
  for (const [what, refusal, wait] of [
    ['429', wrong.tooManyRequests(), 30_000],
    ['429 for an hour', wrong.tooManyRequests({ retryAfter: 3600 }), HOUR],
    ['503 for a minute', wrong.unavailable({ retryAfter: 60 }), 60_000],
    ['503 for no time', wrong.unavailable({ retryAfter: 0 }), 0],
  ] as const)
    test(`a check that meets ${what} (${kind}) is not sent again, and no other is until it may be`, async (t) => {
      const { registry, budgets, check, pass } = await setUp(t, { auth: 'bearer', users: USERS })
      registry.move('app', 'v1', 'one')
      const end = registry.misbehave(refusal, { kind })
      const [refused] = await check('v1', ['me'])
      assert.deepEqual([refused!.checked.failure, refused!.delay], ['RateLimited', undefined])
      assert.deepEqual(registry.log.counts(), requests)
      if (wait > 0) {
        assert.equal(budgets.held(refused!.account!)?.reason, 'RateLimited')
        for (const errand of [{}, { urgent: true }]) {
          const [held] = await check('v1', ['me'], errand)
          assert.deepEqual([held!.delay, held!.account], [{ ms: wait, reason: 'RateLimited' }, refused!.account])
        }
        assert.deepEqual(registry.log.counts(), requests)
      }
      end()
      pass(wait)
      assert.ok((await check('v1', ['me']))[0]!.checked.digest)
    })

for (const kind of ['ping', 'token', 'manifestGet'] as const)
  test(`an import that meets 429 (${kind}) comes again when it may, and holds checks meanwhile`, async (t) => {
    const { registry, check, run } = await setUp(t, { auth: 'bearer', users: USERS })
    registry.move('app', 'v1', 'one')
    registry.misbehave(wrong.tooManyRequests({ retryAfter: 0 }), { kind, times: 2 })
    assert.equal((await run('v1', 'me')).status, 'Success')
    registry.revoke()
    registry.misbehave(wrong.tooManyRequests({ retryAfter: 600 }), { kind: ['token', 'manifestGet', 'manifestHead'] })
    await run('v1', 'me')
    assert.deepEqual((await check('v1', ['me']))[0]!.delay, { ms: 600_000, reason: 'RateLimited' })
  })

for (const [kind, kept] of [
  ['ping', { ping: 1 }],
  ['token', { ping: 1, token: 1 }],
] as const)
  test(`what refuses a ${kind} is not asked for it by each import, and by checks again when that was said`, async (t) => {
    const { registry, check, run, pass } = await setUp(t, { auth: 'bearer', users: USERS })
    registry.move('app', 'v1', 'one')
    const end = registry.misbehave(wrong.tooManyRequests({ retryAfter: 20 }), { kind })
    for (let i = 0; i < 3; i++) {
      const { reason, details } = await run('v1', 'me')
      assert.deepEqual([reason, details?.causes?.[0]?.reason], ['InternalError', 'RateLimited'])
    }
    assert.deepEqual(registry.log.counts(), kept)
    end()
    assert.equal((await check('v1', ['me']))[0]!.delay?.reason, 'RateLimited')
    pass(20_000)
    assert.ok((await check('v1', ['me']))[0]!.checked.digest)
    // What it has found out serves imports, too.
    assert.equal((await run('v1', 'me')).status, 'Success')
  })

test('who is refused a token elsewhere leaves the registry alone, of which that counts for no request; others do not', async (t) => {
  const { registry, budgets, check } = await setUp(t, { auth: 'bearer', users: USERS })
  const elsewhere = await startMisbehavingRegistry({ auth: 'bearer', users: USERS })
  t.after(() => elsewhere.close())
  registry.move('app', 'v1', 'one')
  registry.misbehave(wrong.challenge(`Bearer realm="${elsewhere.origin}/token",service="x"`), { kind: 'ping' })
  elsewhere.misbehave(wrong.tooManyRequests({ retryAfter: 600 }), { times: 1 })
  const [refused] = await check('v1', ['me'])
  assert.equal(refused!.checked.failure, 'RateLimited')
  const [held] = await check('v1', ['me'])
  assert.deepEqual([held!.delay, held!.account], [{ ms: 600_000, reason: 'RateLimited' }, refused!.account])
  assert.equal(elsewhere.log.count(), 1)
  assert.deepEqual(
    budgets.report().map(({ registry, credential, requests }) => [registry, credential, requests]),
    [
      [registry.host, 'anonymous', 1],
      // The check was let out, but had no token to go with.
      [registry.host, credentialId('me'), 0],
    ].sort((a, b) => (`${a[0]} ${a[1]}` < `${b[0]} ${b[1]}` ? -1 : 1)),
  )
  assert.equal((await check('v1', ['you']))[0]!.delay, undefined)
})

test('a check that meets another temporary failure is tried as often as an import', async (t) => {
  const { registry, check } = await setUp(t)
  registry.move('app', 'v1', 'one')
  registry.misbehave(wrong.htmlError(503), { kind: 'manifestHead' })
  await check('v1')
  assert.equal(registry.log.count('manifestHead'), 3)
})

test('who is kept back keeps back nobody with another credential', async (t) => {
  const { registry, check } = await setUp(t, { auth: 'basic', users: USERS }, { requests: 4, per: HOUR })
  registry.move('app', 'v1', 'one')
  await check('v1', ['me'])
  const outcomes = await check('v1', ['me', 'you'])
  assert.deepEqual(
    outcomes.map(({ namespaces, delay }) => [namespaces, delay?.reason]),
    [
      [['me'], 'ConfiguredRate'],
      [['you'], undefined],
    ],
  )
})

test('checks that a registry does not answer hold up no import', async (t) => {
  const { registry, check, run } = await setUp(t)
  registry.move('app', 'v1', 'one')
  registry.misbehave(wrong.silence(), { kind: 'manifestHead' })
  const hanging = Array.from({ length: 5 }, () => check('v1'))
  await eventually(() => assert.equal(registry.log.count('manifestHead'), 2))
  assert.equal((await run('v1')).status, 'Success')
  assert.equal(registry.log.count('manifestHead'), 2)
  void Promise.allSettled(hanging)
})

test('what waits in line for its pace nobody passes', () => {
  const budgets = new Budgets({ now: () => 1_700_000_000_000 })
  const errand = { account: '' }
  const passing = { host: 'r.test', repository: 'app', kind: 'head', errand } as const
  atOnce(budgets.enter(passing))({
    status: 200,
    headers: { 'ratelimit-limit': '100;w=1', 'ratelimit-remaining': '90;w=1' },
  })
  const until = 1_700_000_060_000
  budgets.waits(errand.account, 'checks', { count: 2, reason: 'QuotaLow', until })
  assert.throws(() => budgets.enter({ ...passing, errand: {} }), { delay: { ms: 0, reason: 'QuotaLow' } })
  atOnce(budgets.enter({ ...passing, errand: { turn: errand.account } }))
  assert.deepEqual(budgets.report()[0]!.delayed, [
    {
      what: 'checks',
      count: 2,
      reason: 'QuotaLow',
      message:
        'r.test tells that little is left of its limit, which is kept for imports that people wait for; it is asked again in 60s',
      until,
    },
  ])
  budgets.waits(errand.account, 'checks', undefined)
  atOnce(budgets.enter({ ...passing, errand: {} }))
})

test('who is due passes those who come back once the registry wants to be asked again: else there would be no end of them', () => {
  let now = 1_700_000_000_000
  const budgets = new Budgets({ now: () => now })
  const errand = { account: '' }
  const passing = { host: 'r.test', repository: 'app', kind: 'head', errand } as const
  atOnce(budgets.enter(passing))({ status: 429, headers: {} })
  budgets.waits(errand.account, 'checks', { count: 2, reason: 'RateLimited', until: now })
  assert.throws(() => budgets.enter({ ...passing, errand: {} }), { delay: { ms: 30_000, reason: 'RateLimited' } })
  now += 30_000
  atOnce(budgets.enter({ ...passing, errand: {} }))
})

test('what is never sent, because nobody may be sent there, uses up no rate and is not counted', async (t) => {
  const outbound = createOutbound({ allowAddress: addressGuard([]) })
  t.after(() => outbound.close())
  const rate = { prefix: '127.0.0.1', requests: 1, per: HOUR }
  const { metrics, value } = measuring()
  const budgets = new Budgets({ rateOf: () => rate, metrics })
  const reader = createHttpReader({ outbound, retry: IMPATIENT, gate: budgets.enter })
  const importer = createImporter({ reader, platform: { architecture: 'amd64', os: 'linux' } })
  for (let i = 0; i < 3; i++) {
    const { images } = await importer(importRequest({ images: [insecureSpec('127.0.0.1:1/app:v1')] }))
    assert.match(images[0]!.status.message!, /are not allowed/)
  }
  const [{ requests, limits }] = budgets.report() as [RegistryReport]
  assert.deepEqual([requests, limits[0]!.remaining], [0, 1])
  assert.equal(await value('millrace_registry_purpose_requests_total'), undefined)
})

test('users may name any number of hosts: those that were used last are kept, and those that something waits for', () => {
  const budgets = new Budgets()
  const errand = { account: '' }
  const enter = (host: string, own = {}) =>
    atOnce(budgets.enter({ host, repository: 'app', kind: 'head', errand: own }))
  enter('first.test', errand)
  budgets.waits(errand.account, 'checks', { count: 1, reason: 'QuotaLow', until: 0 })
  for (let i = 0; i < 5_000; i++) enter(`r${i}.test`)
  const hosts = budgets.report().map(({ registry }) => registry)
  assert.equal(hosts.length, 2_000)
  assert.ok(hosts.includes('first.test') && hosts.includes('r4999.test') && !hosts.includes('r0.test'))
})

test('whoever imports in a loop takes the rate from nobody: others are checked, and imported', async (t) => {
  const per = 10_000
  const { registry, check, run, pass } = await setUp(t, {}, { requests: 20, per })
  registry.move('app', 'v1', 'one')
  let checks = 0
  const loop = { asked: 0, good: 0 }
  const seldom = { asked: 0, good: 0 }
  for (let at = 0; at < 12 * per; at += 500) {
    for (let i = 0; i < 4; i++) {
      registry.move('app', `x${at}-${i}`, 'many')
      loop.asked++
      if ((await run(`x${at}-${i}`, 'ns', 'loop')).status === 'Success') loop.good++
    }
    if (at % 5_000 === 0 && (await check('v1', ['seldom']))[0]!.checked.digest) checks++
    if (at % 10_000 === 5_000) {
      seldom.asked++
      if ((await run('v1', 'ns', 'seldom')).status === 'Success') seldom.good++
    }
    pass(500)
  }
  assert.deepEqual(seldom, { asked: 12, good: 12 })
  // The first may have come when nobody knew of checks.
  assert.ok(checks >= 23, `${checks} of 24`)
  assert.ok(loop.good >= 12 && loop.good < loop.asked, `${loop.good} of ${loop.asked}`)
})
