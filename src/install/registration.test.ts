import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { eventually } from '../../test/support/eventually.ts'
import { FakeCluster } from '../../test/support/fakeCluster.ts'
import { silent } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { unlessAborted } from '../kube/backoff.ts'
import { externalObjects } from './external.ts'
import { Registration } from './registration.ts'
import { nameOf, targetOf } from './resources.ts'
import { urlOf } from './register.ts'

const never = new AbortController().signal
const ADDRESS = { namespace: 'millrace', host: 'localhost', version: '1', workloads: [] }
const objectsOf = (port: number, authority: number) =>
  externalObjects({ ...ADDRESS, port, ca: `authority of ${authority}` })
const url = (port: number): string => `https://localhost:${port}`

/** A cluster that reaches every server, but not this one. Requests take a turn of the event loop. */
function cluster(unreached?: number): FakeCluster {
  const fake = new FakeCluster()
  fake.fault = () => turn()
  fake.applied = (object) => {
    if (object.kind !== 'APIService') return
    const { port } = (object as unknown as { spec: { service: { port: number } } }).spec.service
    const conditions = [{ type: 'Available', status: port === unreached ? 'False' : 'True' }]
    fake.put('apiservices', { ...object, status: { conditions } } as KubeObject)
  }
  return fake
}

function server(fake: FakeCluster, port: number, authority = port) {
  const said: string[] = []
  const log = {
    ...silent,
    warn: (_: object, text: string) => said.push(text),
    error: (_: object, text: string) => said.push(text),
  }
  const objects = objectsOf(port, authority)
  const registration = new Registration({ client: fake, objects, log, signal: never })
  return { registration, said, objects, announce: () => registration.announce(never) }
}

const registered = (fake: FakeCluster): string | undefined => {
  const found = fake.peek('services', 'millrace', 'millrace')
  return found && urlOf(found)
}

test('a server that ends while another starts takes nothing from it, whoever is faster', async () => {
  // Each begins up to so many requests after the other: registering takes some 30, taking it back 20.
  for (let offset = -40; offset <= 40; offset++) {
    const fake = cluster()
    const [a, b] = [server(fake, 1), server(fake, 2)]
    await a.announce()
    const wait = async (turns: number): Promise<void> => {
      for (let i = 0; i < turns; i++) await turn()
    }
    await Promise.all([
      wait(Math.max(0, -offset)).then(() => a.registration.withdraw()),
      wait(Math.max(0, offset)).then(b.announce),
    ])
    const missing = b.objects.filter((object) => {
      const { resource, namespace, name } = targetOf(object)
      return fake.peek(resource.plural, namespace ?? '', name) === undefined
    })
    assert.deepEqual([registered(fake), missing], [url(2), []], `${offset}`)
  }
})

test('a server that ends alone leaves nothing but the namespace', async () => {
  const fake = cluster()
  const { registration, objects, announce } = server(fake, 1)
  await announce()
  await registration.withdraw()
  for (const object of objects) {
    const { resource, namespace, name } = targetOf(object)
    const found = fake.peek(resource.plural, namespace ?? '', name)
    assert.equal(found !== undefined, object.kind === 'Namespace', `${resource.plural}/${name}`)
  }
})

test('what is offered is not taken from a third server that registers meanwhile', async () => {
  const fake = cluster()
  const [a, b, c] = [server(fake, 1), server(fake, 2), server(fake, 3)]
  await a.announce()
  await b.announce()
  // Between the look of the one that ends and its offer.
  fake.fault = async ({ verb, plural }) => {
    if (verb !== 'patch' || plural !== 'services') return
    fake.fault = undefined
    await c.announce()
  }
  await b.registration.withdraw()
  assert.equal(registered(fake), url(3))
  assert.ok(!('millrace.dev/offered' in (fake.peek('services', 'millrace', 'millrace')?.metadata.annotations ?? {})))
  assert.deepEqual(b.said, ['takes over the registration of another server'])
})

test('a server hears whether the one that is asked instead can ask it: it has the same authority', async () => {
  const fake = cluster()
  const heard: boolean[] = []
  const stop = new AbortController()
  const following = new Registration({ client: fake, objects: objectsOf(1, 1), log: silent, signal: stop.signal })
  following.on((canAsk) => heard.push(canAsk))
  await following.announce(never)
  const running = following.run()
  const told = (expected: boolean[]) => eventually(() => assert.deepEqual(heard, expected), { interval: 2 })
  const alike = server(fake, 2, 1)
  await alike.announce()
  await told([true])
  const other = server(fake, 3)
  await other.announce()
  await told([true, false])
  await following.announce(never)
  await told([true, false, true])
  stop.abort()
  await running
})

test('whoever ends beside a registration that leads to nobody says so', async () => {
  const fake = cluster(2)
  const [a, b] = [server(fake, 1), server(fake, 2)]
  await a.announce()
  for (const object of b.objects.filter(({ kind }) => kind === 'Service' || kind === 'APIService'))
    await fake.patch(targetOf(object), 'apply', object)
  await a.registration.withdraw()
  assert.match(a.said.at(-1)!, /^the server that is registered does not answer: .* "millrace uninstall"/)
  assert.equal(registered(fake), url(2))
})

const remains = (fake: FakeCluster, objects: ReturnType<typeof objectsOf>): string[] =>
  objects.flatMap((object) => {
    const { resource, namespace, name } = targetOf(object)
    return object.kind !== 'Namespace' && fake.peek(resource.plural, namespace ?? '', name) ? [object.kind] : []
  })

test('what fails while a server ends is tried again', async () => {
  const fake = cluster()
  const { registration, said, objects, announce } = server(fake, 1)
  await announce()
  const failures = new Map([
    ['get services', 1],
    ['delete apiservices', 2],
  ])
  fake.fault = ({ verb, plural }) => {
    const left = failures.get(`${verb} ${plural}`) ?? 0
    failures.set(`${verb} ${plural}`, left - 1)
    if (left > 0) throw new Error('socket hang up')
  }
  await registration.withdraw()
  assert.deepEqual([remains(fake, objects), said], [[], []])
})

test('a cluster that does not answer holds up the end of a server no longer than all of it may take', async () => {
  const fake = cluster()
  const objects = objectsOf(1, 1)
  const said: object[] = []
  const log = { ...silent, error: ({ stays }: { stays?: string[] }) => void said.push(stays ?? []) }
  const client: FakeCluster = new Proxy(fake, {
    get: (target, verb: string) => {
      const value: unknown = Reflect.get(target, verb)
      if (typeof value !== 'function') return value
      return async (...args: unknown[]) => {
        const { signal } = (args.at(-1) ?? {}) as { signal?: AbortSignal }
        if (hangs) await unlessAborted(new Promise<never>(() => undefined), signal ?? never)
        return value.apply(target, args) as unknown
      }
    },
  })
  let hangs = false
  const registration = new Registration({ client, objects, log, signal: never, leaving: 300 })
  await registration.announce(never)
  hangs = true
  const begun = performance.now()
  await registration.withdraw()
  assert.ok(performance.now() - begun < 2_000)
  assert.equal(said.length, 1)
  assert.deepEqual(said[0], [
    'service/millrace in millrace',
    ...objects
      .toReversed()
      .filter(({ kind }) => kind !== 'Service' && kind !== 'Namespace')
      .map(nameOf),
  ])
})
