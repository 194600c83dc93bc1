import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import { measuring } from '../../../test/support/exposition.ts'
import { request, type Ask } from '../../../test/support/request.ts'
import { PAYLOADS } from '../../../test/support/hooks/payloads.ts'
import type { PushEvent } from '../../core/hooks/pushEvent.ts'
import type { Receiver } from '../../core/hooks/receiver.ts'
import type { Log } from '../../core/machinery/log.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Handler } from '../../http/handler.ts'
import { nobodyToTell, type Delivery, type HandOn, type Told } from './handOn.ts'
import { hooks } from './handler.ts'
import type { PushListener } from './listeners.ts'

const SECRET = 'a-secret-of-the-receiver'
const PUSH = { repository: 'r.test/app', tag: 'v1' }
const RECEIVERS: readonly Receiver[] = [
  { name: 'ci', sender: 'generic', secret: SECRET },
  { name: 'hub', sender: 'dockerhub', secret: SECRET },
  { name: 'gh', sender: 'github', secret: SECRET },
  { name: 'inner', sender: 'distribution', secret: SECRET, host: 'registry.example.com' },
  { name: 'any', sender: 'any', secret: SECRET },
]

/** A handler with a clock of its own, and what it was told to do and has said. */
function desk(
  changed: PushListener = (pushes) => pushes.length,
  other: { handOn?: HandOn['tell']; leads?: () => boolean } = {},
) {
  const told: PushEvent[][] = []
  const logged: string[] = []
  const write = (fields: object, message: string): void => void logged.push(JSON.stringify([fields, message]))
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const clock = { now: 0 }
  const measured = measuring()
  const waits: number[] = []
  const { sent, handedOn } = hooks({
    receivers: (name) => RECEIVERS.find((receiver) => receiver.name === name),
    own: () => (other.leads?.() === false ? undefined : (pushes) => (told.push([...pushes]), changed(pushes))),
    ...(other.handOn && { handOn: other.handOn }),
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    log,
    metrics: measured.metrics,
    now: () => clock.now,
  })
  const handler: Handler = (asked) => sent(asked) ?? Promise.resolve({ status: 404, body: 'not a hook' })
  const post = (name: string, ask: Ask = {}, secret = SECRET) =>
    request(handler, 'POST', `/hooks/${name}`, {
      user: null,
      ...ask,
      headers: { authorization: `Bearer ${secret}`, ...ask.headers },
    })
  const outcomes = (outcome: string, receiver?: string) =>
    measured.value('millrace_hook_deliveries_total', { outcome, ...(receiver !== undefined && { receiver }) })
  const toLeader: Handler = (asked) => handedOn(asked) ?? Promise.resolve({ status: 404, body: 'not a hook' })
  return { handler, toLeader, waits, post, told, logged, clock, outcomes, value: measured.value }
}

test('a delivery has what is tracked looked at, and hears how much that is', async () => {
  const { post, told, value, outcomes } = desk(() => 3)
  const { status, json, headers } = await post('ci', { body: [PUSH, { repository: 'team/other' }] })
  assert.deepEqual([status, json], [202, { recognised: 2, tracked: 3 }])
  assert.equal(headers['content-type'], 'application/json')
  assert.deepEqual(told, [
    [
      { host: 'r.test', repository: 'app', tags: ['v1'] },
      { host: undefined, repository: 'team/other', tags: [] },
    ],
  ])
  assert.equal(await outcomes('accepted', 'ci'), 1)
  assert.equal(await value('millrace_hook_checks_total', { receiver: 'ci' }), 3)
})

test('what is no push is accepted, and nobody is told', async () => {
  const { post, told, outcomes } = desk()
  const body = { zen: 'Design for failure.' }
  const signature = createHmac('sha256', SECRET).update(JSON.stringify(body)).digest('hex')
  const headers = { 'x-github-event': 'ping', 'x-hub-signature-256': `sha256=${signature}` }
  assert.deepEqual((await post('gh', { body, headers })).json, { recognised: 0, tracked: 0 })
  assert.deepEqual([told, await outcomes('ignored', 'gh')], [[], 1])
})

test('the host of a receiver goes before what its sender believes', async () => {
  const { post, told } = desk()
  const { body } = PAYLOADS.find(({ sender }) => sender === 'distribution')!
  await post('inner', { body, type: 'application/vnd.docker.distribution.events.v2+json' })
  assert.partialDeepStrictEqual(told, [[{ host: 'registry.example.com', repository: 'hello-world' }]])
})

test('without the secret of the receiver nothing happens, and nobody learns why', async () => {
  const { handler, post, told, logged, outcomes } = desk()
  const without = await request(handler, 'POST', '/hooks/ci', { user: null, body: PUSH })
  const wrong = await post('ci', { body: PUSH }, 'another-secret-entirely')
  const unsigned = await post('gh', { body: PUSH })
  for (const { status, text } of [without, wrong, unsigned]) {
    assert.deepEqual([status, text], [401, without.text])
    assert.match(text, /"Unauthorized"/)
  }
  assert.deepEqual(told, [])
  assert.equal(await outcomes('refused'), 3)
  assert.ok(logged.every((line) => line.includes('does not show the secret')))
})

test('a secret stands in no log, no answer and no metric', async () => {
  const fail = desk(() => {
    throw new Error('a defect')
  })
  const hub = PAYLOADS.find(({ sender }) => sender === 'dockerhub')!
  const answers = [
    await fail.post(`hub/${SECRET}`, { body: hub.body, headers: { authorization: '' } }),
    await fail.post(`hub/${SECRET}x`, { body: hub.body }),
    await fail.post(`hub/${SECRET}`, { body: '{' }),
    await fail.post(`no/${SECRET}`, { body: hub.body }),
    await fail.post(`hub/${SECRET}/more`, { body: hub.body }),
  ]
  assert.deepEqual(
    answers.map(({ status }) => status),
    [500, 401, 400, 404, 404],
  )
  const said = [...answers.map(({ text, headers }) => text + JSON.stringify(headers)), ...fail.logged]
  assert.ok(!said.join().includes(SECRET), said.join('\n'))
  assert.match(fail.logged.join(), /delivery failed/)
  assert.deepEqual([await fail.outcomes('refused', ''), await fail.outcomes('failed', 'hub')], [2, 1])
})

test('what cannot be read is refused with what is wrong', async () => {
  const { handler, post, outcomes } = desk()
  const cases: [Ask, number, RegExp][] = [
    [{ body: '{' }, 400, /the body is no JSON/],
    [{ body: Buffer.from([0x22, 0xff, 0x22]) }, 400, /not in UTF-8/],
    [{ body: { hello: 'world' } }, 400, /the delivery cannot be used: it is no message of the generic form/],
    [{ body: PUSH, type: 'text/plain' }, 415, /must be JSON/],
    [
      { body: 'x=1', type: 'application/x-www-form-urlencoded' },
      400,
      /no field \\"payload\\": .*set its content type to application\/json/,
    ],
    [{ body: PUSH, headers: { 'content-encoding': 'gzip' } }, 415, /encoded as \\"gzip\\"/],
  ]
  for (const [ask, status, message] of cases) {
    const answer = await post('ci', ask)
    assert.equal(answer.status, status, answer.text)
    assert.match(answer.text, message)
  }
  assert.equal(await outcomes('malformed', 'ci'), cases.length)
  const got = await request(handler, 'GET', '/hooks/ci', { user: null })
  assert.deepEqual([got.status, got.headers['allow']], [405, 'POST'])
  assert.equal((await request(handler, 'POST', '/hooksci', { user: null })).text, 'not a hook')
})

test("GitHub's form is read, with the signature of the form", async () => {
  const { post, told } = desk()
  const { body } = PAYLOADS.find(({ sender }) => sender === 'github')!
  const form = new URLSearchParams({ payload: JSON.stringify(body) }).toString()
  const signature = `sha256=${createHmac('sha256', SECRET).update(form).digest('hex')}`
  const headers = { 'x-github-event': 'package', 'x-hub-signature-256': signature }
  const answer = await post('gh', { body: form, type: 'application/x-www-form-urlencoded', headers })
  assert.deepEqual([answer.status, told[0]?.[0]?.repository], [202, 'octo-org/hello-world'])
})

test('the same delivery again does nothing, for some minutes', async () => {
  const { post, told, clock, outcomes } = desk()
  const { body } = PAYLOADS.find(({ sender }) => sender === 'distribution')!
  const numbered = { body: PUSH, headers: { 'x-github-delivery': '1' } }
  await post('any', { body })
  assert.deepEqual((await post('any', { body })).json, { recognised: 1, tracked: 0, repeated: true })
  await post('any', numbered)
  assert.deepEqual((await post('any', { ...numbered, body: { ...PUSH, tag: 'v2' } })).json, {
    recognised: 1,
    tracked: 0,
    repeated: true,
  })
  assert.deepEqual([told.length, await outcomes('repeated', 'any')], [2, 2])
  clock.now = 3_600_000
  await post('any', { body })
  assert.equal(told.length, 3)
})

test('CloudEvents are the same by source and id, and by nothing else', async () => {
  const { post } = desk()
  const structured = { specversion: '1.0', type: 'pushed', source: '/a', id: '1', data: PUSH }
  const binary = (source: string, id: string, tag = 'v1') => ({
    body: { ...PUSH, tag },
    headers: { 'ce-type': 'pushed', 'ce-source': source, 'ce-id': id },
  })
  const repeats = async (ask: Ask): Promise<boolean> => 'repeated' in ((await post('any', ask)).json as object)
  const batch = { type: 'application/cloudevents-batch+json' }
  const cases: [Ask, boolean][] = [
    [{ body: structured }, false],
    [{ body: { ...structured, time: '2026-03-02T10:00:00Z' } }, true],
    [{ body: { ...structured, source: '/b' } }, false],
    [binary('/a', '1', 'v2'), true],
    [binary('/c', '1'), false],
    [binary('/c', '2'), false],
    [binary('/c', '2', 'v2'), true],
    [
      {
        body: [
          { ...structured, id: '7' },
          { ...structured, id: '8' },
        ],
        ...batch,
      },
      false,
    ],
    [
      {
        body: [
          { ...structured, id: '8' },
          { ...structured, id: '9' },
        ],
        ...batch,
      },
      false,
    ],
    [
      {
        body: [
          { ...structured, id: '8', time: 'x' },
          { ...structured, id: '9' },
        ],
        ...batch,
      },
      true,
    ],
  ]
  for (const [ask, expected] of cases) assert.equal(await repeats(ask), expected, JSON.stringify(ask))
})

test('one receiver that is told much makes another forget nothing', async () => {
  const { post, clock } = desk()
  const numbered = (id: number) => ({ body: PUSH, headers: { 'x-github-delivery': String(id) } })
  await post('any', numbered(0))
  for (let i = 0; i < 12_000; i++, clock.now += 20) await post('ci', numbered(i))
  for (const [name, id] of [
    ['any', 0],
    ['ci', 0],
  ] as const)
    assert.deepEqual((await post(name, numbered(id))).json, { recognised: 1, tracked: 0, repeated: true }, name)
})

test('messages that bear neither time nor number are each a push, however alike', async () => {
  const { post, told } = desk()
  await post('ci', { body: PUSH })
  await post('ci', { body: PUSH })
  assert.equal(told.length, 2)
})

test('what was signed counts once, unless it says something else: who recorded it may not know the secret', async () => {
  const { handler, told } = desk()
  const signed = (body: object) => {
    const signature = createHmac('sha256', SECRET).update(JSON.stringify(body)).digest('hex')
    const headers = { 'x-hub-signature-256': `sha256=${signature}` }
    return request(handler, 'POST', '/hooks/ci', { user: null, body, headers })
  }
  assert.deepEqual((await signed({ ...PUSH, id: '1' })).json, { recognised: 1, tracked: 1 })
  assert.deepEqual((await signed({ ...PUSH, id: '1' })).json, { recognised: 1, tracked: 0, repeated: true })
  assert.deepEqual((await signed({ ...PUSH, id: '2' })).json, { recognised: 1, tracked: 1 })
  assert.equal(told.length, 2)
})

test('a delivery that failed may come again', async () => {
  let broken = true
  const { post, told } = desk(() => {
    if (broken) throw new Error('a defect')
    return 1
  })
  const { body } = PAYLOADS.find(({ sender }) => sender === 'distribution')!
  assert.equal((await post('inner', { body })).status, 500)
  broken = false
  assert.deepEqual((await post('inner', { body })).json, { recognised: 1, tracked: 1 })
  assert.equal(told.length, 2)
})

test('too many deliveries are told when to come again; those of others, and those without the secret, take nothing away', async () => {
  const { post, clock, outcomes, logged } = desk()
  for (let i = 0; i < 50; i++) await post('ci', { body: PUSH }, 'another-secret-entirely')
  assert.deepEqual([await outcomes('refused', 'ci'), await outcomes('limited', 'ci')], [20, 30])
  assert.equal(logged.length, 20)
  const statuses = new Map<number, number>()
  for (let i = 0; i < 1001; i++) {
    const { status, headers } = await post('ci', { body: PUSH })
    statuses.set(status, (statuses.get(status) ?? 0) + 1)
    if (status === 429) assert.equal(headers['retry-after'], '1')
  }
  assert.deepEqual(Object.fromEntries(statuses), { 202: 1000, 429: 1 })
  assert.equal((await post('any', { body: PUSH })).status, 202)
  clock.now += 1000
  assert.equal((await post('ci', { body: PUSH })).status, 202)
})

describe('at a server that does not lead', () => {
  /** Two servers: what is told the one is handed on to the other, as it goes over the wire. */
  function pair() {
    const leader = desk(() => 3)
    let broken: Error | undefined
    const handed: Delivery[] = []
    const state = { leads: false }
    const handOn = async (delivery: Delivery): Promise<Told> => {
      handed.push(delivery)
      if (broken) throw broken
      const { path, headers, body } = delivery
      const { status, json } = await request(leader.toLeader, 'POST', path, { user: null, body, headers, type: '' })
      assert.equal(status, 202)
      const { tracked, repeated } = json as Partial<Told>
      return { tracked: tracked!, repeated: repeated === true }
    }
    const other = desk(() => 5, { handOn, leads: () => state.leads })
    return { leader, other, handed, state, fail: (error?: Error) => void (broken = error) }
  }
  const signed = (body: object, secret = SECRET): Ask => {
    const signature = createHmac('sha256', secret).update(JSON.stringify(body)).digest('hex')
    return { user: null, body, headers: { 'x-hub-signature-256': `sha256=${signature}` } }
  }

  test('every documented delivery means the same to the leader, and needs no other proof', async () => {
    for (const { sender, what, body, headers, pushes } of PAYLOADS.filter(({ pushes }) => pushes.length > 0)) {
      const { leader, other } = pair()
      const { status, text } = await other.post('any', { body, ...(headers && { headers }) })
      assert.equal(status, 202, `${sender}, ${what}: ${text}`)
      assert.deepEqual([leader.told, other.told], [[pushes], []], `${sender}, ${what}`)
      assert.match(text, /"tracked":3/)
    }
  })

  test('a delivery counts once, to whichever of them it comes again', async () => {
    const { leader, other } = pair()
    const [one, two] = [signed({ ...PUSH, id: '1' }), signed({ ...PUSH, id: '2' })]
    const to = async ({ handler }: typeof leader, ask: Ask) =>
      'repeated' in ((await request(handler, 'POST', '/hooks/ci', ask)).json as object)
    assert.deepEqual(
      [await to(other, one), await to(leader, one), await to(other, one)],
      [false, true, true],
      'told the other first',
    )
    assert.deepEqual([await to(leader, two), await to(other, two)], [false, true], 'told the leader first')
    assert.equal(leader.told.length, 2)
    assert.deepEqual([await other.outcomes('accepted', 'ci'), await other.outcomes('repeated', 'ci')], [1, 2])
    assert.equal(await other.value('millrace_hook_checks_total', { receiver: 'ci' }), 3)
    assert.deepEqual(
      [await leader.outcomes('accepted', 'ci'), await leader.outcomes('repeated', 'ci')],
      [1, 1],
      'what was handed on is counted where it came',
    )
  })

  test('what does not show the secret, or cannot be read, or tells of no push is not handed on', async () => {
    const { other, handed } = pair()
    await other.post('ci', { body: PUSH }, 'another-secret-entirely')
    await request(other.handler, 'POST', '/hooks/ci', signed(PUSH, 'another-secret-entirely'))
    await other.post('ci', { body: '{' })
    await other.post('any', { body: { zen: 'x' }, headers: { 'x-github-event': 'ping' } })
    assert.deepEqual(handed, [])
  })

  test('when the leader cannot be told, it is tried once more, and then the sender is to come again; nothing is lost', async () => {
    const { other, leader, handed, fail } = pair()
    fail(nobodyToTell('no server leads'))
    const { status, headers, text } = await request(other.handler, 'POST', '/hooks/ci', signed(PUSH))
    assert.deepEqual([status, headers['retry-after'], handed.length, other.waits], [503, '5', 2, [1000]])
    assert.match(text, /no server leads/)
    assert.equal(await other.outcomes('failed', 'ci'), 1)
    fail()
    const again = await request(other.handler, 'POST', '/hooks/ci', signed(PUSH))
    assert.deepEqual([again.status, again.json, leader.told.length], [202, { recognised: 1, tracked: 3 }, 1])
  })

  test('when the leader has been told too much, so says this server', async () => {
    const { other, handed, fail } = pair()
    fail(new ApiError(429, 'TooManyRequests', 'too many deliveries', { retryAfterSeconds: 7 }))
    const { status, headers } = await request(other.handler, 'POST', '/hooks/ci', signed(PUSH))
    assert.deepEqual([status, headers['retry-after'], handed.length], [429, '7', 1])
  })

  test('one that has begun to lead meanwhile looks itself', async () => {
    const { other, state } = pair()
    const failing = desk(() => 5, {
      leads: () => state.leads,
      handOn: () => {
        state.leads = true
        return Promise.reject(nobodyToTell('this server has only just begun to lead'))
      },
    })
    assert.deepEqual((await failing.post('ci', { body: PUSH })).json, { recognised: 1, tracked: 5 })
    assert.equal(other.told.length, 0)
  })

  test('what was handed on goes no further', async () => {
    const { other, handed } = pair()
    const { status } = await request(other.toLeader, 'POST', '/hooks/ci', signed(PUSH))
    assert.deepEqual([status, handed, other.waits], [503, [], []])
  })
})
