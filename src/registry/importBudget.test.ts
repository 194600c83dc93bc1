// What an import as a whole may take, and what several of them may take from each other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as tick } from 'node:timers/promises'
import { imageSpec, importRequest } from '../../test/support/importRequests.ts'
import { RegistryContent } from '../../test/support/registryContent.ts'
import { createImporter } from './importer.ts'
import type { RegistryReader } from './reader.ts'

/** Many tags; those that begin with `slow` are never answered. */
function setUp(tags: readonly string[]) {
  const content = new RegistryContent()
  for (const tag of tags) content.image('a/b', tag, tag)
  const asked: string[] = []
  const inner = content.reader(asked)
  const reader: RegistryReader = {
    ...inner,
    manifest: (repository, reference, signal) =>
      reference.startsWith('slow')
        ? new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
        : inner.manifest(repository, reference, signal),
  }
  const specs = tags.map((tag) => imageSpec(`q.io/a/b:${tag}`))
  return { content, asked, reader, specs }
}

const numbered = (count: number, word = 't') => Array.from({ length: count }, (_, i) => `${word}${i}`)

test('an import that takes too long ends in time, with what it has, and says so of each image that it has not', async () => {
  const { reader, specs } = setUp(['good', 'slow', ...numbered(7, 'slow'), 'waits'])
  const importer = createImporter({ reader, budget: { time: 60 } })
  const result = await importer(importRequest({ images: specs, repository: imageSpec('q.io/a/b'), bulkLimit: -1 }))
  assert.deepEqual(
    result.images.map(({ status, tag }) => [tag, status.reason ?? status.status, status.code]),
    specs.map(({ from }) => {
      const tag = from.name!.split(':')[1]!
      return tag.startsWith('slow') || tag === 'waits' ? [tag, 'Timeout', 504] : [tag, 'Success', undefined]
    }),
  )
  assert.equal(
    result.images[1]?.status.message,
    'q.io/a/b:slow: the import was given up after 0.06 seconds: import fewer images at once',
  )
  assert.equal(result.repository?.status.reason, 'ImportFailed')
})

test('an import of too many bytes ends with what it has; the next one has a budget of its own', async () => {
  const tags = numbered(200)
  const { content, asked, reader, specs } = setUp(tags)
  const size = content.manifests.get('a/b t100')!.bytes.length
  // Some forty images: a configuration is smaller than a manifest.
  const importer = createImporter({ reader, budget: { bytes: 40 * 2 * size } })
  for (let round = 0; round < 2; round += 1) {
    const { images } = await importer(importRequest({ images: specs }))
    const reasons = images.map(({ status }) => status.reason ?? status.status)
    const good = reasons.filter((reason) => reason === 'Success').length
    assert.ok(good >= 40 && good < 120, String(good))
    assert.equal(reasons.filter((reason) => reason === 'RequestEntityTooLarge').length, tags.length - good)
    assert.match(images.at(-1)?.status.message ?? '', /^q\.io\/a\/b:t199: the import takes more than \d+ bytes: import/)
  }
  assert.ok(asked.length < 2 * 2 * 120, 'what cannot be kept is not asked for')
})

test('a caller who leaves is not given the half of it', async () => {
  const { reader, specs } = setUp(['good', 'slow'])
  const reason = new Error('enough')
  const leaving = new AbortController()
  const running = createImporter({ reader })(importRequest({ images: specs, signal: leaving.signal }))
  await tick()
  leaving.abort(reason)
  await assert.rejects(running, reason)
})

/** Each request for a manifest takes a moment. */
const slowly = (reader: RegistryReader): RegistryReader => ({
  ...reader,
  async manifest(...asked) {
    await tick()
    return await reader.manifest(...asked)
  },
})

test('an import of a thousand tags holds up no other, and all together stay within the limit of the host', async () => {
  const { reader, specs, content } = setUp(numbered(1000))
  content.image('small', '1', 'x')
  let running = 0
  let most = 0
  const slow: RegistryReader = {
    ...reader,
    async manifest(repository, reference, signal) {
      most = Math.max(most, (running += 1))
      await tick()
      running -= 1
      return await reader.manifest(repository, reference, signal)
    },
  }
  const importer = createImporter({ reader: slow })
  const large = [0, 1, 2].map(() => importer(importRequest({ images: specs })))
  let done = false
  void Promise.all(large).then(() => (done = true))
  await tick()
  const { images } = await importer(importRequest({ images: [imageSpec('q.io/small:1')] }))
  assert.equal(images[0]?.status.status, 'Success')
  assert.ok(!done, 'the large ones are still at it')
  for (const { images: all } of await Promise.all(large))
    assert.ok(all.every(({ status }) => status.status === 'Success'))
  assert.equal(most, 16)
})

test('five hundred imports of one namespace do not hold up the one of another', async () => {
  const { reader, specs, asked } = setUp(numbered(8))
  const importer = createImporter({ reader: slowly(reader) })
  const many = Array.from({ length: 500 }, () => importer(importRequest({ images: specs, namespace: 'many' })))
  await tick()
  const { images } = await importer(importRequest({ images: specs.slice(0, 4), namespace: 'few' }))
  assert.ok(images.every(({ status }) => status.status === 'Success'))
  // Every other turn of the host is its own: eight requests, one after the other for each image.
  assert.ok(asked.length < 100, `${asked.length} requests`)
  await Promise.all(many)
})
