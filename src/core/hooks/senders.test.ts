import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { assertLinear, repeated } from '../../../test/support/linearTime.ts'
import { deliveryOf, PAYLOADS } from '../../../test/support/hooks/payloads.ts'
import { HookError, MOST_EVENTS } from './pushEvent.ts'
import { isSenderName, readDelivery, SENDER_NAMES, type SenderName } from './senders.ts'

const read = (sender: SenderName, body: unknown, headers: Record<string, string> = {}) =>
  readDelivery(sender, deliveryOf({ headers, body }))

describe('documented payloads', () => {
  for (const { what, sender, pushes, ...payload } of PAYLOADS) {
    test(`${sender}: ${what}`, () => {
      assert.deepEqual(readDelivery(sender, deliveryOf(payload)).pushes, pushes)
      assert.deepEqual(readDelivery('any', deliveryOf(payload)).pushes, pushes, 'by a receiver of any sender')
    })
  }

  test('are there for every sender', () => {
    const shown = new Set<string>(PAYLOADS.map(({ sender }) => sender))
    assert.deepEqual(
      SENDER_NAMES.filter((name) => name !== 'any' && !shown.has(name)),
      [],
    )
    assert.ok(SENDER_NAMES.every(isSenderName) && !isSenderName('toString'))
  })

  test('of senders that are not the expected one are refused, with the one that they look like', () => {
    const harbor = PAYLOADS.find(({ sender }) => sender === 'harbor')!
    assert.throws(() => readDelivery('dockerhub', deliveryOf(harbor)), {
      name: 'HookError',
      message: 'it is no message of Docker Hub: it looks like one of Harbor',
    })
  })
})

test('what cannot be read is refused with what is wrong', () => {
  const ce = { specversion: '1.0', id: '1', source: '/x' }
  const cases: [SenderName, unknown, RegExp, Record<string, string>?][] = [
    ['any', null, /^it is of no sender that is known$/],
    ['any', { hello: 'world' }, /^it is of no sender that is known$/],
    ['quay', 1, /^it is no message of Quay$/],
    ['dockerhub', { push_data: { tag: 'a b' }, repository: { repo_name: 'x/y' } }, /^"a b" is no tag$/],
    ['dockerhub', { push_data: { tag: 'a' }, repository: {} }, /does not say which repository/],
    ['dockerhub', { push_data: { tag: 'a' }, repository: { repo_name: 'X/y' } }, /^"X\/y" is no name of a repository$/],
    ['gitlab', { object_kind: 'push', project: {} }, /webhook of a GitLab project \("push"\).*notifications/],
    ['google', { message: { data: '!!!' }, subscription: 's' }, /no JSON in base64/],
    ['google', { action: 'INSERT', tag: 'gcr.io/p/x' }, /not of the form HOST\/REPOSITORY:TAG/],
    [
      'ecr',
      {
        source: 'aws.ecr',
        'detail-type': 'ECR Image Action',
        account: '1',
        region: 'x',
        detail: { result: 'SUCCESS', 'action-type': 'PUSH', 'image-tag': 'a' },
      },
      /^"1" is no AWS account$/,
    ],
    [
      'artifactory',
      { event_type: 'pushed', domain: 'docker', data: { repo_key: 'k' } },
      /does not say which repository/,
    ],
    [
      'distribution',
      { events: [{ action: 'push', target: { tag: 'a', repository: 'x' }, request: { host: 'a b' } }] },
      /^"a b" is no host/,
    ],
    ['generic', [{ repository: 'a/b' }, 1], /^each item must be an object with a "repository"/],
    ['generic', { repository: 'a/b', tag: 1 }, /^"tag" must be a text$/],
    ['generic', { repository: 'a/b', tags: 'x' }, /^"tags" must be a list of texts$/],
    ['generic', { repository: 'a/b', tags: [1] }, /^a tag must be a text$/],
    [
      'generic',
      { repository: 'a/b', tags: Array.from({ length: 1001 }, (_, i) => `t${i}`) },
      /names 1001 tags: at most 1000/,
    ],
    ['generic', Array.from({ length: 1001 }, () => ({ repository: 'a/b' })), /tells of 1001 tags: at most 1000/],
    ['cloudevents', { repository: 'a/b' }, /^it is no CloudEvent$/],
    ['cloudevents', { ...ce, data: {} }, /must be an object with a "type"/],
    [
      'cloudevents',
      { ...ce, type: 'x', data: { a: 1 } },
      /of no sender that is known \(a CloudEvent of the type "x"\)/,
    ],
    ['cloudevents', { ...ce, type: 'x', data_base64: 'e' }, /data of the CloudEvent is no JSON/],
    [
      'cloudevents',
      {},
      /^a batch of CloudEvents must be a list$/,
      { 'content-type': 'application/cloudevents-batch+json' },
    ],
    ['harbor', { ...ce, type: 'y', data: {} }, /^it is no message of Harbor \(a CloudEvent of the type "y"\)$/],
  ]
  for (const [sender, body, message, headers] of cases)
    assert.throws(
      () => read(sender, body, headers),
      (error) => error instanceof HookError && message.test(error.message),
      `${sender} ${JSON.stringify(body).slice(0, 100)}`,
    )
})

test('a message repeats little of a payload, on one line', () => {
  const tag = `\n${'x'.repeat(100_000)}`
  assert.throws(
    () => read('generic', { repository: 'a/b', tag }),
    ({ message }: Error) => message.length < 120 && !message.includes('\n'),
  )
})

test('the same message again is a copy where messages bear a time or a number, and else another push', () => {
  const marked = (sender: SenderName): boolean =>
    readDelivery(sender, deliveryOf(PAYLOADS.find((payload) => payload.sender === sender)!)).marked
  assert.deepEqual(
    SENDER_NAMES.filter((name) => name !== 'any' && !marked(name)),
    ['artifactory', 'generic', 'quay'],
  )
})

/** Payloads with a part of them replaced by anything. */
const damaged = fc
  .tuple(fc.constantFrom(...PAYLOADS), fc.jsonValue({ maxDepth: 4 }), fc.nat(200))
  .map(([payload, value, at]) => {
    let left = at
    const replaced = JSON.parse(JSON.stringify(payload.body), (_, part: unknown) =>
      left-- === 0 ? value : part,
    ) as unknown
    return { headers: payload.headers ?? {}, body: replaced }
  })
const anything = fc.record({
  headers: fc.constantFrom(
    {},
    { 'x-github-event': 'package' },
    { 'ce-type': 'a.image.updated' },
    { 'x-nexus-webhook-id': 'x' },
  ),
  body: fc.jsonValue({ maxDepth: 5 }),
})

test('whatever JSON comes, it is read within bounds or refused with the declared error', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SENDER_NAMES), fc.oneof(damaged, anything), (sender, delivery) => {
      try {
        const { pushes } = readDelivery(sender, deliveryOf(delivery))
        assert.ok(pushes.length <= MOST_EVENTS)
        for (const { host, repository, tags } of pushes) {
          assert.ok(repository.length <= 255 && (host ?? '').length <= 255)
          assert.ok(tags.every((tag) => /^\w[\w.-]{0,127}$/.test(tag)))
        }
      } catch (error) {
        if (!(error instanceof HookError)) throw error
        assert.ok(error.message.length < 400)
      }
    }),
    { numRuns: 3000 },
  )
})

test('reading takes time in proportion to what is sent, wherever it stands', () => {
  const asset = (name: string) => ({ repositoryName: 'k', action: 'CREATED', asset: { format: 'docker', name } })
  const places: [SenderName, (text: string) => unknown][] = [
    ['generic', (repository) => ({ repository })],
    ['generic', (tag) => ({ repository: 'a/b', tag })],
    ['google', (tag) => ({ action: 'INSERT', tag })],
    ['quay', (docker_url) => ({ docker_url, updated_tags: ['a'] })],
    ['nexus', asset],
    ['artifactory', (jpd_origin) => ({ event_type: 'pushed', jpd_origin, data: { repo_key: 'a', image_name: 'b' } })],
  ]
  for (const [sender, place] of places)
    for (const text of [repeated('a'), repeated('a/'), repeated('a.'), repeated('/manifests/', '', 'v2/')])
      assertLinear(sender, (long) => read(sender, place(long)), text)
})
