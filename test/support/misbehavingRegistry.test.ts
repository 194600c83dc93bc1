// The registry that others are tested with: what it serves, counts and does wrong must be what it says.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { request } from 'undici'
import { startMisbehavingRegistry, type Where } from './misbehavingRegistry.ts'
import { htmlError, quota, skewedClock, slowBody, tokenAnswer, truncatedBody, wrongDigest } from './misbehaviours.ts'
import type { FakeOptions } from './fakeRegistry.ts'

async function setUp(t: TestContext, options: FakeOptions = {}) {
  const registry = await startMisbehavingRegistry(options)
  t.after(() => registry.close())
  const ask = async (path: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') => {
    const answer = await request(registry.origin + path, { method, headers })
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() }
  }
  return { registry, ask }
}

test('every request is logged and counted by kind, without its credential', async (t) => {
  const { registry, ask } = await setUp(t, { auth: 'basic', users: { me: 'secret' } })
  const image = registry.move('team/app', 'v1', 'one')
  const authorization = `Basic ${btoa('me:secret')}`
  await ask('/v2/')
  await ask('/v2/team/app/manifests/v1', { authorization })
  await ask('/v2/team/app/manifests/v1', { authorization }, 'HEAD')
  await ask(`/v2/team/app/blobs/${image.digest}`, { authorization: 'Bearer x' })
  await ask('/v2/team/app/tags/list?n=5', { authorization })
  await ask('/token')
  const { log } = registry
  assert.deepEqual(log.counts(), { ping: 1, manifestGet: 1, manifestHead: 1, blobGet: 1, tags: 1, token: 1 })
  assert.equal(log.count(), 6)
  assert.deepEqual(
    log.requests.map(({ status, authorization: kind, repository, reference }) => [status, kind, repository, reference]),
    [
      [401, 'none', '', ''],
      [200, 'basic', 'team/app', 'v1'],
      [200, 'basic', 'team/app', 'v1'],
      [401, 'bearer', 'team/app', image.digest],
      [200, 'basic', 'team/app', 'list'],
      [401, 'none', '', ''],
    ],
  )
  assert.ok(!JSON.stringify(log.requests).includes(authorization.slice('Basic '.length)))
  log.clear()
  assert.deepEqual([log.count(), log.requests.length], [0, 0])
})

test('a tag moves at once, and what has not moved is 304 to those who know it', async (t) => {
  const { registry, ask } = await setUp(t)
  const one = registry.move('app', 'v1', 'one')
  const first = await ask('/v2/app/manifests/v1', {}, 'HEAD')
  assert.deepEqual([first.status, first.headers['etag']], [200, `"${one.digest}"`])
  const known = { 'if-none-match': String(first.headers['etag']) }
  const again = await ask('/v2/app/manifests/v1', known)
  assert.deepEqual([again.status, again.text, again.headers['docker-content-digest']], [304, '', one.digest])
  const two = registry.move('app', 'v1', 'two')
  const moved = await ask('/v2/app/manifests/v1', known, 'HEAD')
  assert.deepEqual([moved.status, moved.headers['docker-content-digest']], [200, two.digest])
})

const places: [string, Where, string[]][] = [
  ['everything', {}, ['a v1', 'a v2', 'b v1', 'named a v1']],
  ['a repository', { repository: 'a' }, ['a v1', 'a v2', 'named a v1']],
  ['a reference', { reference: /^v1$/ }, ['a v1', 'b v1', 'named a v1']],
  ['a host', { host: 'named.test' }, ['named a v1']],
  ['the first request', { times: 1 }, ['a v1']],
  ['other kinds', { kind: ['blobGet', 'manifestHead'] }, []],
]
for (const [name, where, expected] of places) {
  test(`it misbehaves for ${name}, until it is told to behave`, async (t) => {
    const { registry, ask } = await setUp(t)
    for (const [repository, tag] of ['a v1', 'a v2', 'b v1'].map((each) => each.split(' '))) {
      registry.move(repository!, tag!, 'x')
    }
    const failing = async () => {
      const failed = []
      for (const each of ['a v1', 'a v2', 'b v1', 'named a v1']) {
        const [tag, repository, host] = each.split(' ').toReversed()
        const { status } = await ask(`/v2/${repository}/manifests/${tag}`, host ? { host: 'named.test' } : {})
        if (status === 503) failed.push(each)
      }
      return failed
    }
    const end = registry.misbehave(htmlError(503), where)
    assert.deepEqual(await failing(), expected)
    end()
    assert.deepEqual(await failing(), [])
    registry.misbehave(htmlError(503))
    registry.behave()
    assert.deepEqual(await failing(), [])
  })
}

test('headers and bodies are changed on their way', async (t) => {
  const { registry, ask } = await setUp(t)
  const { bytes } = registry.move('app', 'v1', 'one')
  for (const each of [wrongDigest('sha256:x'), quota(), skewedClock(-86_400_000), slowBody(0)]) registry.misbehave(each)
  const { headers, text } = await ask('/v2/app/manifests/v1')
  assert.equal(text, String(bytes))
  assert.equal(headers['docker-content-digest'], 'sha256:x')
  assert.equal(headers['ratelimit-limit'], '100;w=21600')
  assert.equal(headers['ratelimit-remaining'], '76;w=21600')
  assert.ok(Date.parse(String(headers['date'])) < Date.now() - 80_000_000)
  assert.equal((await ask('/v2/app/manifests/v1')).headers['ratelimit-remaining'], '75;w=21600')
  registry.behave()
  registry.misbehave(truncatedBody())
  await assert.rejects(ask('/v2/app/manifests/v1'))
  registry.behave()
  registry.misbehave(tokenAnswer({ expires_in: -1 }))
  assert.equal((JSON.parse((await ask('/token')).text) as { expires_in: number }).expires_in, -1)
})

test('ten thousand tags are put in fast enough for a benchmark', async (t) => {
  const { registry, ask } = await setUp(t)
  const started = performance.now()
  for (let n = 0; n < 10_000; n += 1) registry.move(`team/app${n % 200}`, `v${Math.floor(n / 200)}`, `${n}`)
  assert.ok(performance.now() - started < 10_000, 'it takes less than a second where nothing else runs')
  assert.equal(registry.content.tags.size, 200)
  assert.equal((await ask('/v2/team/app199/manifests/v49', {}, 'HEAD')).status, 200)
})
