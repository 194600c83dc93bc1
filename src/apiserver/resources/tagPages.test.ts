import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream, ImageTag } from '../../core/image/types.ts'
import { type ApiError, isReason } from '../../core/machinery/status.ts'
import { at, type Fixture, imageFixture } from './image.fixture.ts'

const IS = at('imagestreams')
const IT = at('imagetags')
/** Streams and their tags, in order; names of tags are not looked at in streams. */
const STREAMS = { a: ['1', '2', '2\n3', '\n', 'ü'].toSorted(), b: [], c: ['1'], d: ['2', '3'] }
const ALL = Object.entries(STREAMS).flatMap(([name, tags]) => tags.map((tag) => `${name}:${tag}`))

async function start(): Promise<Fixture> {
  const f = await imageFixture()
  for (const [name, tags] of Object.entries(STREAMS)) {
    const spec = { tags: tags.map((tag) => ({ name: tag, from: { kind: 'DockerImage', name: 'x/y' } })) }
    await f.client.create<ImageStream>(IS, { metadata: { name }, spec } as never)
  }
  return f
}

const all = async ({ client }: Fixture) => (await client.list(IT)).items.map((item) => item.metadata.name!)

/** The list, page by page; `between` is called with what was shown so far, if there is more. */
async function shown({ client }: Fixture, limit: number, between: (names: string[]) => Promise<void>) {
  const names: string[] = []
  let token: string | undefined
  for (let pages = 0; pages === 0 || token; pages++) {
    assert.ok(pages <= 4 * ALL.length, 'the list comes to an end')
    try {
      const { items, metadata } = await client.list<ImageTag>(IT, { limit, ...(token && { continue: token }) })
      names.push(...items.map((item) => item.metadata.name!))
      token = metadata.continue
      if (token) await between(names)
    } catch (error) {
      if (!isReason(error, 'Expired')) throw error
      token = error.status.metadata.continue
    }
  }
  return names
}

/** Takes and adds tags and streams on every side of where the list is. */
async function disturb({ client }: Fixture, round: number): Promise<void> {
  const gone = ['a:2', 'd:2', 'c:1'][round]
  if (gone) await client.delete({ ...IT, name: gone })
  const name = ['b0', 'c0', 'd0'][round]
  if (!name) return
  const spec = { tags: [{ name: 'new', from: { kind: 'DockerImage', name: 'x/y' } }] }
  await client.create<ImageStream>(IS, { metadata: { name }, spec } as never)
  await client.patch({ ...IS, name: 'a' }, 'merge', { metadata: { labels: { round: String(round) } } })
}

for (const limit of [1, 2, 3, 7, 8]) {
  test(`pages of ${limit} show every tag once, as all were when the list began`, async () => {
    const f = await start()
    assert.deepEqual(await all(f), ALL)
    let round = 0
    assert.deepEqual(await shown(f, limit, () => disturb(f, round++)), ALL)
  })

  test(`pages of ${limit} go on, when the past is forgotten, with what is there by now`, async () => {
    const f = await start()
    let round = 0
    let expected = ALL
    const names = await shown(f, limit, async (sofar) => {
      await disturb(f, round++)
      await f.store.compact(await f.store.revision(''))
      const now = await all(f)
      const last = sofar.at(-1)!
      // Streams in order, and within one its tags, in the order of bytes.
      expected = [...sofar, ...now.filter((name) => key(name) > key(last))]
    })
    assert.deepEqual(names, expected)
  })
}

/** Sorts as the list does: no name of a stream has a letter below the separator. */
const key = (name: string): string => name.replace(':', '\0')

test('a list is of the time that is asked for', async () => {
  const f = await start()
  const { metadata } = await f.client.list(IT)
  const version = metadata.resourceVersion!
  await disturb(f, 0)
  const names = async (options: object) =>
    (await f.client.list(IT, { resourceVersion: version, ...options })).items.map((item) => item.metadata.name!)
  const now = await all(f)
  assert.notDeepEqual(now, ALL)
  assert.deepEqual(await names({ resourceVersionMatch: 'Exact' }), ALL)
  assert.deepEqual(await names({ limit: 100 }), ALL, 'a plain version with a limit means exactly that one')
  assert.deepEqual(await names({}), now)
  assert.deepEqual(await names({ resourceVersionMatch: 'NotOlderThan' }), now)
  const refused: [options: object, code: number, message: RegExp][] = [
    [{ resourceVersion: '999999999' }, 504, /Too large resource version/],
    [{ resourceVersion: 'x' }, 400, /must be a decimal number/],
    [{ resourceVersion: '', resourceVersionMatch: 'Exact' }, 422, /forbidden unless resourceVersion is provided/],
  ]
  for (const [options, code, message] of refused) {
    await assert.rejects(names(options), (error: ApiError) => {
      assert.equal(error.status.code, code)
      assert.match(error.message, message)
      return true
    })
  }
  const { metadata: page } = await f.client.list(IT, { limit: 1 })
  await assert.rejects(names({ continue: page.continue }), /specifying resource version is not allowed when using/)
})
