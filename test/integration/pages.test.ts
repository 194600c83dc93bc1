// Every list at ten thousand objects: pages lead through all of them once, as they were when the first was read, and a page
// reads no more than it shows.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { ObjectClient, ReadOptions, Target } from '../../src/core/machinery/client.ts'
import { decodeContinue, encodeContinue } from '../../src/core/machinery/continue.ts'
import { decode } from '../../src/core/machinery/decode/decode.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import type { Resource } from '../../src/core/machinery/resource.ts'
import { ApiError } from '../../src/core/machinery/status.ts'
import { openMemory } from '../../src/store/memory.ts'
import { keyOf, type Store } from '../../src/store/store.ts'
import { startInProcess } from '../support/inProcess.ts'

const COUNT = 10_000
/** No divisor of the count. */
const LIMIT = 700
/** Objects that a page may read beyond those that it shows: the server selects from so many at a time. */
const SPARE = 500
/** In the order of lists, which is that of keys: `p-q/` comes before `p/`. */
const NAMESPACES = ['p-q', 'p']

const { resources: kinds } = await startInProcess()
/** But the list of custom resource definitions, which is always empty, and projects: those are namespaces, page by page. */
const lists = kinds.filter(
  ({ verbs, group }) => verbs.includes('list') && verbs.includes('create') && group !== 'project.openshift.io',
)
const isTags = ({ plural }: { plural: string }): boolean => /^image(stream)?tags$/.test(plural)
const kindOf = (group: string, plural: string): Resource =>
  kinds.find((kind) => kind.group === group && kind.plural === plural)!

/** The kind whose objects a list is made of. */
function storedBy(kind: Resource): Resource {
  if (isTags(kind)) return kindOf('image.openshift.io', 'imagestreams')
  return kind.group === 'events.k8s.io' ? kindOf('', 'events') : kind
}

/** Tags of a stream: as many as there are streams, but many have none, and one has more than a page shows. */
function tagsOf(i: number): string[] {
  const count = i === 4_321 ? 2 * LIMIT + 1 : i < 2 * LIMIT ? 0 : 1
  return Array.from({ length: count }, (_, t) => `t${String(t).padStart(5, '0')}`)
}

const everySeventh = (i: number): boolean => i % 7 === 0

class World {
  readonly #store: Store
  readonly #kind: Resource
  readonly client: ObjectClient
  /** Objects that the store has read for lists. */
  read = 0
  #writes = 0

  private constructor(store: Store, kind: Resource, client: ObjectClient) {
    this.#store = store
    this.#kind = kind
    this.client = client
    const list = store.list.bind(store)
    store.list = async (request) => {
      const listing = await list(request)
      this.read += listing.entries.length
      return listing
    }
  }

  /** A server with ten thousand objects, and the names in its list with the number of their object. */
  static async start(kind: Resource): Promise<{ world: World; names: [name: string, i: number][] }> {
    const store = openMemory()
    const { client } = await startInProcess({ store })
    const world = new World(store, storedBy(kind), client)
    // The namespace that is there from the start.
    for (const { key, revision } of (await store.list({ prefix: '' })).entries) await store.delete(key, revision)
    const each = kind.namespaced ? NAMESPACES : ['']
    const names: [string, number][] = []
    for (let i = 0; i < COUNT; i++) {
      const namespace = each[Math.floor((i / COUNT) * each.length)]!
      const name = `o${String(i).padStart(5, '0')}`
      await world.#create(namespace, name, i)
      const shown = isTags(kind) ? tagsOf(i).map((tag) => `${name}:${tag}`) : [name]
      for (const one of shown) names.push([`${namespace}/${one}`, i])
    }
    return { world, names }
  }

  async #create(namespace: string, name: string, i: number): Promise<void> {
    const event = {
      dockerImageReference: 'r.test/a/b:1',
      generation: 1,
      created: '2024-01-01T00:00:00Z',
      image: `sha256:${'0'.repeat(64)}`,
    }
    const object = {
      metadata: { name, ...(namespace && { namespace }), uid: name, labels: { seventh: String(everySeventh(i)) } },
      ...(this.#kind.plural === 'imagestreams' && {
        spec: { tags: tagsOf(i).map((tag) => ({ name: tag, from: { kind: 'DockerImage', name: 'r.test/a/b:1' } })) },
        status: { tags: tagsOf(i).map((tag) => ({ tag, items: [event] })) },
      }),
    }
    const key = keyOf(this.#kind, namespace, name)
    assert.ok(await this.#store.create(key, decode(this.#kind.schema, object).object as KubeObject))
  }

  /** Deletes, changes and creates objects, from the end on and in the middle of what is not yet read. */
  async disturb(): Promise<void> {
    const namespace = this.#kind.namespaced ? 'p' : ''
    const name = (i: number): string => `o${String(i).padStart(5, '0')}`
    const i = COUNT - 1 - 2 * this.#writes++
    const [gone, other] = [keyOf(this.#kind, namespace, name(i)), keyOf(this.#kind, namespace, name(i - 1))]
    await this.#store.delete(gone, (await this.#store.get(gone))!.revision)
    const { object, revision } = (await this.#store.get(other))!
    const labels = { seventh: 'changed' }
    await this.#store.update(other, { ...object, metadata: { ...object.metadata, labels } }, revision)
    await this.#create(namespace, `${name(i)}a`, 7)
  }

  /** Forgets the past. */
  async compact(): Promise<void> {
    await this.#store.compact(await this.#store.revision(''))
  }
}

const nameOf = ({ metadata }: KubeObject): string => `${metadata.namespace ?? ''}/${metadata.name!}`

/** What a request is refused with. */
async function refusal(answer: Promise<unknown>): Promise<ApiError> {
  try {
    await answer
  } catch (error) {
    assert.ok(error instanceof ApiError, String(error))
    return error
  }
  return assert.fail('not refused')
}

async function pagesOf(client: ObjectClient, target: Target, options: ReadOptions, between?: () => Promise<void>) {
  const pages: string[][] = []
  let token = options.continue
  do {
    const page = await client.list(target, { ...options, ...(token && { continue: token }) })
    pages.push(page.items.map(nameOf))
    assert.ok(pages.length <= 100, 'the list comes to an end')
    token = page.metadata.continue
    await between?.()
  } while (token)
  return pages
}

const one = async (client: ObjectClient, target: Target): Promise<string[]> => (await pagesOf(client, target, {}))[0]!

describe('lists of ten thousand', () => {
  for (const kind of lists)
    test(`${kind.group || 'core'} ${kind.plural}`, async () => {
      const { world, names } = await World.start(kind)
      const { client } = world
      const { group, version, plural } = kind
      const everywhere: Target = { resource: { group, version, plural } }
      assert.equal(names.length, COUNT)
      assert.deepEqual(
        await one(client, everywhere),
        names.map(([name]) => name),
      )

      // Those that a selector wants.
      const selected = await pagesOf(client, everywhere, { limit: 100, labelSelector: 'seventh=true' })
      assert.deepEqual(
        selected.flat(),
        names.filter(([, i]) => everySeventh(i)).map(([name]) => name),
      )
      assert.ok(selected.slice(0, -1).every((page) => page.length === 100))

      // All, and those of a namespace, while others write.
      for (const namespace of kind.namespaced ? [undefined, 'p'] : [undefined]) {
        const target = { ...everywhere, namespace }
        const before = await one(client, target)
        world.read = 0
        const pages = await pagesOf(client, target, { limit: LIMIT }, () => world.disturb())
        assert.deepEqual(pages.flat(), before)
        assert.ok(pages.slice(0, -1).every((page) => page.length === LIMIT))
        assert.ok(
          world.read <= before.length + pages.length * SPARE,
          `${pages.length} pages read ${world.read} objects`,
        )
        assert.notDeepEqual(await one(client, target), before)
      }

      // A token whose revision is gone: the answer has one that goes on, with what is there by now.
      const page = await client.list(everywhere, { limit: LIMIT })
      const last = page.items.map(nameOf).at(-1)!
      await world.disturb()
      await world.compact()
      const gone = await refusal(client.list(everywhere, { limit: LIMIT, continue: page.metadata.continue! }))
      assert.deepEqual([gone.code, gone.reason], [410, 'Expired'])
      assert.match(gone.message, /use the continue token in this response/)
      const rest = await pagesOf(client, everywhere, { limit: LIMIT, continue: gone.status.metadata.continue! })
      const now = await one(client, everywhere)
      assert.deepEqual(rest.flat(), now.slice(now.indexOf(last) + 1))

      // Tokens that nobody gave out.
      const token = (await client.list(everywhere, { limit: LIMIT })).metadata.continue!
      const { rv, start } = decodeContinue(token)
      for (const text of [token.slice(0, -1), `${token}A`, encodeContinue({ rv: rv + 1, start }), 'e30', '__proto__']) {
        const { code, message } = await refusal(client.list(everywhere, { limit: LIMIT, continue: text }))
        assert.deepEqual([code, message.startsWith('continue key is not valid: use the token')], [400, true], text)
      }
    })
})
