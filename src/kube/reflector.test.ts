import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { eventually } from '../../test/support/eventually.ts'
import { FakeClient } from '../../test/support/fakeClient.ts'
import { FakeTime } from '../../test/support/fakeTime.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject, WatchEvent } from '../core/machinery/object.ts'
import { ApiError, forbidden } from '../core/machinery/status.ts'
import { Reflector, type ReflectorOptions } from './reflector.ts'

const WIDGETS = { group: 'test', version: 'v1', plural: 'widgets' }
interface Widget extends KubeObject {
  spec?: { color?: string }
}
const widget = (name: string, color = 'red', namespace = 'ns'): Widget => ({
  metadata: { name, namespace },
  spec: { color },
})

interface Started {
  reflector: Reflector<Widget>
  changes: string[]
  stop: () => Promise<void>
}

function start(client: FakeClient, options: Partial<ReflectorOptions> = {}): Started {
  const stopper = new AbortController()
  const reflector = new Reflector<Widget>({
    client,
    resource: WIDGETS,
    log: silent,
    signal: stopper.signal,
    backoff: () => 1,
    ...options,
  })
  const changes: string[] = []
  reflector.on(({ type, object }) => changes.push(`${type} ${object.metadata.name ?? ''} ${object.spec?.color ?? ''}`))
  const running = reflector.run()
  const stop = (): Promise<void> => {
    stopper.abort()
    return running
  }
  return { reflector, changes, stop }
}

const state = (objects: readonly KubeObject[]): string[] =>
  objects
    .map((o) => `${o.metadata.namespace ?? ''}/${o.metadata.name ?? ''}@${o.metadata.resourceVersion ?? ''}`)
    .toSorted()

/** Waits until the cache shows what the server has. */
const caughtUp = (reflector: Reflector<Widget>, client: FakeClient): Promise<void> =>
  eventually(() => assert.deepEqual(state(reflector.list()), state(client.all('widgets'))), { interval: 1 })

test('lists in pages, then watches', async () => {
  const client = new FakeClient()
  for (let i = 0; i < 1201; i++) client.put('widgets', widget(`w${i}`))
  const { reflector, changes, stop } = start(client)
  await reflector.synced
  assert.deepEqual([reflector.size, changes.length, client.made('list', 'widgets').length], [1201, 1201, 3])
  client.put('widgets', widget('w0', 'blue'))
  client.remove('widgets', 'ns', 'w1')
  await caughtUp(reflector, client)
  assert.deepEqual(changes.slice(1201), ['updated w0 blue', 'deleted w1 red'])
  assert.equal(reflector.get('ns', 'w0')?.spec?.color, 'blue')
  assert.equal(reflector.get('ns', 'w1'), undefined)
  await stop()
})

test('a snapshot that expires between two pages: the list is taken in one piece', async () => {
  const client = new FakeClient()
  for (let i = 0; i < 600; i++) client.put('widgets', widget(`w${i}`))
  client.fault = ({ verb, options }) => {
    if (verb !== 'list' || !(options as { continue?: string }).continue) return
    client.put('widgets', widget('late'))
    client.compact()
  }
  const { reflector, stop } = start(client)
  await reflector.synced
  assert.equal(reflector.size, 601)
  await stop()
})

const endings: [string, (client: FakeClient) => void, number][] = [
  ['a closed watch is resumed, not listed again', (c) => c.cutWatches(), 1],
  ['so is a broken connection', (c) => c.cutWatches(new Error('socket hang up')), 1],
  ['and an overloaded server', (c) => c.cutWatches(new ApiError(503, 'ServiceUnavailable', 'busy')), 1],
  [
    'a version from another life of the server leads to a list',
    (c) => c.cutWatches(new ApiError(504, 'Timeout', 'Too large resource version')),
    2,
  ],
  ['so does an expired watch', (c) => c.cutWatches(new ApiError(410, 'Expired', 'too old')), 2],
]
for (const [name, end, lists] of endings) {
  test(`${name}, and nothing is lost`, async () => {
    const client = new FakeClient()
    client.put('widgets', widget('a'))
    client.put('widgets', widget('b'))
    const { reflector, changes, stop } = start(client)
    await eventually(() => assert.equal(client.made('watch', 'widgets').length, 1), { interval: 1 })
    end(client)
    client.put('widgets', widget('a', 'blue'))
    client.remove('widgets', 'ns', 'b')
    client.put('widgets', widget('c'))
    await caughtUp(reflector, client)
    assert.deepEqual(changes.toSorted(), [
      'added a red',
      'added b red',
      'added c red',
      'deleted b red',
      'updated a blue',
    ])
    assert.equal(client.made('list', 'widgets').length, lists)
    await stop()
  })
}

test('history that was compacted while away: the differences are found by a list', async () => {
  const client = new FakeClient()
  client.put('widgets', widget('a'))
  client.put('widgets', widget('b'))
  const { reflector, changes, stop } = start(client)
  await eventually(() => assert.equal(client.made('watch', 'widgets').length, 1), { interval: 1 })
  client.cutWatches()
  client.remove('widgets', 'ns', 'a')
  client.put('widgets', widget('a', 'new'))
  client.remove('widgets', 'ns', 'b')
  client.compact()
  await caughtUp(reflector, client)
  assert.deepEqual(
    changes.slice(2).toSorted(),
    ['added a new', 'deleted a red', 'deleted b red'],
    'another uid is another object',
  )
  await stop()
})

test('a list that shows nothing new tells nothing', async () => {
  const client = new FakeClient()
  client.put('widgets', widget('a'))
  const { changes, stop } = start(client)
  await eventually(() => assert.equal(client.made('watch', 'widgets').length, 1), { interval: 1 })
  client.cutWatches(new ApiError(410, 'Expired', 'too old'))
  await eventually(() => assert.equal(client.made('watch', 'widgets').length, 2), { interval: 1 })
  assert.deepEqual(changes, ['added a red'])
  await stop()
})

/** Sends these events on the first watch, then ends it; the next one stays open. */
class Scripted extends FakeClient {
  readonly asked: (string | undefined)[] = []
  readonly #script: readonly [WatchEvent['type'], string, string?][]
  constructor(script: readonly [WatchEvent['type'], string, string?][]) {
    super()
    this.#script = script
  }
  override async *watch<T extends KubeObject>(...args: Parameters<FakeClient['watch']>): AsyncGenerator<WatchEvent<T>> {
    this.asked.push(args[1]?.resourceVersion)
    if (this.asked.length > 1) yield* super.watch<T>(...args)
    else
      for (const [type, resourceVersion, color = 'red'] of this.#script) {
        const object: Widget = { metadata: { name: 'a', namespace: 'ns', uid: 'u', resourceVersion }, spec: { color } }
        yield { type, object: object as unknown as T }
      }
  }
}

const scripts: [string, [WatchEvent['type'], string, string?][], string[], string][] = [
  [
    'old news does not turn the cache back',
    [
      ['ADDED', '105'],
      ['MODIFIED', '107', 'blue'],
      ['MODIFIED', '106', 'green'],
    ],
    ['added a red', 'updated a blue'],
    '107',
  ],
  [
    'an old deletion does not delete',
    [
      ['ADDED', '105'],
      ['DELETED', '104'],
    ],
    ['added a red'],
    '105',
  ],
  [
    'what was deleted stays so',
    [
      ['ADDED', '105'],
      ['DELETED', '106'],
      ['MODIFIED', '105'],
    ],
    ['added a red', 'deleted a red'],
    '106',
  ],
  [
    'a bookmark moves on without a change',
    [
      ['ADDED', '105'],
      ['BOOKMARK', '200'],
    ],
    ['added a red'],
    '200',
  ],
]
for (const [name, script, expected, position] of scripts) {
  test(`${name}; the next watch begins where this one ended`, async () => {
    const client = new Scripted(script)
    const { changes, stop } = start(client)
    await eventually(() => assert.equal(client.asked.length, 2), { interval: 1 })
    assert.deepEqual(changes, expected)
    assert.deepEqual(client.asked, ['100', position])
    await stop()
  })
}

test('failing lists are tried again with a growing wait', async () => {
  const client = new FakeClient()
  let failures = 3
  client.fault = ({ verb }) => {
    if (verb === 'list' && failures-- > 0) throw new Error('connect ECONNREFUSED')
  }
  const waits: number[] = []
  const { reflector, stop } = start(client, { backoff: (attempt) => (waits.push(attempt), 1) })
  await reflector.synced
  assert.deepEqual(waits, [1, 2, 3])
  await stop()
})

test('a watch that closes at once does not spin', async () => {
  const client = new FakeClient()
  const waits: number[] = []
  client.fault = ({ verb }) => {
    if (verb === 'watch') setImmediate(() => client.cutWatches())
  }
  const { stop } = start(client, { backoff: (attempt) => (waits.push(attempt), 1) })
  await eventually(() => assert.ok(waits.length >= 4), { interval: 1 })
  assert.deepEqual(waits.slice(0, 4), [1, 2, 3, 4])
  await stop()
})

/** A server whose watches go silent after the first event, without an end, until `hears` is called. */
function silenced(client: FakeClient): { client: ObjectClient; wentSilent: Promise<void>; hears: () => void } {
  let isDeaf = true
  const { promise: wentSilent, resolve } = Promise.withResolvers<void>()
  const watch: ObjectClient['watch'] = async function* (target, options) {
    let told = 0
    for await (const event of client.watch<never>(target, options)) {
      if (isDeaf && told++ > 0) {
        resolve()
        await new Promise((end) => options?.signal?.addEventListener('abort', end))
      }
      if (options?.signal?.aborted) return
      yield event
    }
  }
  const deaf = new Proxy(client, {
    get: (from, name) => {
      const value: unknown = Reflect.get(from, name)
      return name === 'watch' ? watch : typeof value === 'function' ? value.bind(from) : value
    },
  })
  return { client: deaf, wentSilent, hears: () => (isDeaf = false) }
}

test('a watch that brings nothing for too long is dropped; the next one begins where it was', async () => {
  const client = new FakeClient()
  const server = silenced(client)
  const { reflector, stop } = start(client, { client: server.client, silence: 50 })
  await eventually(() => assert.equal(client.made('watch', 'widgets').length, 1), { interval: 1 })
  client.put('widgets', widget('a'))
  client.put('widgets', widget('b'))
  await server.wentSilent
  server.hears()
  assert.equal(reflector.size, 1)
  await caughtUp(reflector, client)
  assert.equal(client.made('list', 'widgets').length, 1)
  await stop()
})

test('a watch lives as long as it tells something, or has never told anything', async (t) => {
  const time = new FakeTime()
  time.start()
  t.after(() => time.stop())
  const client = new FakeClient()
  const { reflector, stop } = start(client, { silence: 300 })
  t.after(stop)
  const watches = () => client.made('watch', 'widgets').length
  await reflector.synced
  await time.pass(400)
  for (let i = 0; i < 6; i++) {
    await time.pass(200)
    client.put('widgets', widget(`w${i}`))
    await time.until(() => assert.equal(reflector.size, i + 1), 50)
  }
  await time.pass(240)
  assert.equal(watches(), 1)
  await time.pass(100)
  assert.equal(watches(), 2)
})

test('who knows that a watch is deaf has it begun again', async () => {
  const client = new FakeClient()
  const server = silenced(client)
  const { reflector, stop } = start(client, { client: server.client })
  await eventually(() => assert.equal(client.made('watch', 'widgets').length, 1), { interval: 1 })
  client.put('widgets', widget('a'))
  client.put('widgets', widget('b'))
  await server.wentSilent
  server.hears()
  assert.equal(reflector.size, 1)
  reflector.reopen()
  await caughtUp(reflector, client)
  assert.deepEqual([client.made('list', 'widgets').length, client.made('watch', 'widgets').length], [1, 2])
  await stop()
})

test('a handler that throws is logged and disturbs nobody', async () => {
  const client = new FakeClient()
  client.put('widgets', widget('a'))
  const errors: string[] = []
  const log = { ...silent, error: (_: object, message: string) => void errors.push(message) }
  const { reflector, changes, stop } = start(client, { log })
  reflector.on(() => {
    throw new Error('mine')
  })
  await reflector.synced
  assert.deepEqual([errors, changes], [['cache handler failed'], ['added a red']])
  await stop()
})

test('a handler that comes late hears of what is there, and can leave', async () => {
  const client = new FakeClient()
  client.put('widgets', widget('a'))
  const { reflector, stop } = start(client)
  await reflector.synced
  const late: string[] = []
  const leave = reflector.on(({ type }) => late.push(type))
  leave()
  client.put('widgets', widget('b'))
  await caughtUp(reflector, client)
  assert.deepEqual(late, ['added'])
  await stop()
})

test('indexes follow every change', async () => {
  const client = new FakeClient()
  client.put('widgets', widget('a'))
  const { reflector, stop } = start(client)
  const byColor = reflector.index((w) => [w.spec?.color ?? ''])
  const names = (color: string): string =>
    byColor(color)
      .map((w) => w.metadata.name)
      .join(' ')
  await reflector.synced
  client.put('widgets', widget('b', 'blue'))
  client.put('widgets', widget('a', 'blue'))
  await caughtUp(reflector, client)
  assert.deepEqual([names('red'), names('blue')], ['', 'b a'])
  client.remove('widgets', 'ns', 'b')
  await caughtUp(reflector, client)
  assert.equal(names('blue'), 'a')
  await stop()
})

test('an optional resource that is missing or forbidden counts as synced; it is found when it appears', async () => {
  for (const deny of [
    (): void => undefined,
    (): void => {
      throw forbidden(WIDGETS, '', 'no')
    },
  ]) {
    const client = new FakeClient()
    client.missing.add('widgets')
    client.fault = deny
    const { reflector, stop } = start(client, { optional: true })
    await reflector.synced
    assert.equal(reflector.isListed, false)
    client.missing.clear()
    client.fault = undefined
    client.put('widgets', widget('a'))
    await caughtUp(reflector, client)
    assert.equal(reflector.isListed, true)
    await stop()
  }
})

test('a resource that is not optional is not synced without a list', async () => {
  const client = new FakeClient()
  client.missing.add('widgets')
  const { reflector, stop } = start(client)
  await eventually(() => assert.ok(client.made('list', 'widgets').length > 2), { interval: 1 })
  assert.equal(reflector.isSynced, false)
  await stop()
  await assert.rejects(reflector.synced, /stopped before/)
})

/** Repeats events at random, as a careless server might. */
class Repeating extends FakeClient {
  readonly #again: () => boolean
  constructor(again: () => boolean) {
    super()
    this.#again = again
  }
  override async *watch<T extends KubeObject>(...args: Parameters<FakeClient['watch']>): AsyncGenerator<WatchEvent<T>> {
    const sent: WatchEvent<T>[] = []
    for await (const event of super.watch<T>(...args)) {
      yield event
      sent.push(event)
      if (this.#again()) yield* sent.slice(-3)
    }
  }
}

const step = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.constant('put' as const), fc.nat(4), fc.constantFrom('red', 'blue')) },
  { weight: 3, arbitrary: fc.tuple(fc.constant('remove' as const), fc.nat(4), fc.constant('')) },
  {
    weight: 1,
    arbitrary: fc.tuple(
      fc.constantFrom('cut' as const, 'break' as const, 'expire' as const, 'compact' as const, 'pause' as const),
      fc.nat(4),
      fc.constant(''),
    ),
  },
)

test('property: whatever happens on the way, cache, index and what handlers heard end up equal to the server', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { maxLength: 40 }),
      fc.array(fc.boolean(), { minLength: 1 }),
      async (steps, coins) => {
        let coin = 0
        const client = new Repeating(() => coins[coin++ % coins.length]!)
        const errors: object[] = []
        const log = { ...silent, error: (fields: object) => void errors.push(fields) }
        const { reflector, stop } = start(client, { backoff: () => 0, log })
        const byColor = reflector.index((w) => [w.spec?.color ?? ''])
        const heard = new Map<string, Widget>()
        reflector.on(({ type, object, old }) => {
          const name = object.metadata.name!
          assert.equal(heard.has(name), type !== 'added')
          assert.deepEqual(old, heard.get(name))
          if (type === 'deleted') heard.delete(name)
          else heard.set(name, object)
        })
        for (const [what, n, color] of steps) {
          if (what === 'put') client.put('widgets', widget(`w${n}`, color))
          else if (what === 'remove') client.remove('widgets', 'ns', `w${n}`)
          else if (what === 'cut') client.cutWatches()
          else if (what === 'break') client.cutWatches(new Error('broken'))
          else if (what === 'expire') client.cutWatches(new ApiError(410, 'Expired', 'too old'))
          else if (what === 'compact') client.compact()
          else await new Promise((resolve) => setImmediate(resolve))
        }
        await caughtUp(reflector, client)
        assert.deepEqual(errors, [], 'assertions of the handler')
        assert.deepEqual(state([...heard.values()]), state(client.all('widgets')))
        assert.equal(byColor('red').length + byColor('blue').length, reflector.size)
        await stop()
      },
    ),
    { numRuns: 150 },
  )
})

test('an object that an index fails on keeps no other from being found', async () => {
  const client = new FakeClient()
  for (const color of ['red', 'bad', 'blue']) client.put('widgets', widget(color, color))
  const { reflector, stop } = start(client)
  const byColor = reflector.index(({ spec }) => {
    if (spec?.color === 'bad') throw new RangeError('too deep')
    return [spec?.color ?? '']
  })
  await reflector.synced
  client.put('widgets', widget('bad', 'red'))
  await caughtUp(reflector, client)
  assert.deepEqual(
    byColor('red').map((o) => o.metadata.name),
    ['red', 'bad'],
  )
  client.put('widgets', widget('bad', 'bad'))
  client.remove('widgets', 'ns', 'red')
  await caughtUp(reflector, client)
  assert.equal(reflector.size, 2)
  assert.deepEqual(byColor('red'), [])
  await stop()
})
