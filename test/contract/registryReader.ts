// What every RegistryReader promises.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { RegistryError } from '../../src/registry/error.ts'
import type { RegistryReader, Repository } from '../../src/registry/reader.ts'

/** A reader and the registry that it reads. */
export interface ReaderUnderTest {
  reader: RegistryReader
  repository(name: string): Repository
  /** Makes an image; the same seed gives the same digest. */
  image(repository: string, tag: string | null, seed: string): Promise<{ digest: string; mediaType: string }>
  /** Makes a list of images that were made before. */
  index(repository: string, tag: string, digests: readonly string[]): Promise<{ digest: string; mediaType: string }>
  stop(): Promise<void>
}

export function registryReaderContract(name: string, start: () => Promise<ReaderUnderTest>): void {
  describe(`registry reader: ${name}`, () => {
    let under: ReaderUnderTest
    const signal = new AbortController().signal
    before(async () => {
      under = await start()
    })
    after(() => under?.stop())

    test('a manifest by tag and by digest, with its configuration and layers', async () => {
      const { reader } = under
      const repository = under.repository('team/app')
      const { digest, mediaType } = await under.image('team/app', 'v1', 'one')
      for (const reference of ['v1', digest]) {
        const fetched = await reader.manifest(repository, reference, signal)
        assert.equal(fetched.digest, digest)
        assert.ok(fetched.manifest.kind === 'image')
        assert.equal(fetched.manifest.mediaType, mediaType)
        assert.equal((JSON.parse(Buffer.from(fetched.bytes).toString()) as { schemaVersion: number }).schemaVersion, 2)
        const config = await reader.blob(repository, fetched.manifest.config.digest, signal)
        assert.equal(config.length, fetched.manifest.config.size)
        const layer = fetched.manifest.layers[0]!
        assert.equal(await reader.blobSize(repository, layer.digest, signal), layer.size)
      }
    })

    test('a moved tag is seen at once, an unmoved one is the same again', async () => {
      const { reader } = under
      const repository = under.repository('team/moving')
      const digests: string[] = []
      for (const seed of ['a', 'a', 'b', 'a']) {
        const { digest } = await under.image('team/moving', 'v1', seed)
        const fetched = await reader.manifest(repository, 'v1', signal)
        assert.equal(fetched.digest, digest)
        assert.deepEqual(await reader.head(repository, 'v1', signal).then((h) => h?.digest), digest)
        digests.push(digest)
      }
      assert.equal(new Set(digests).size, 2)
    })

    test('a list of images', async () => {
      const repository = under.repository('team/list')
      const a = await under.image('team/list', null, 'a')
      const b = await under.image('team/list', null, 'b')
      const { digest } = await under.index('team/list', 'all', [b.digest, a.digest])
      const fetched = await under.reader.manifest(repository, 'all', signal)
      assert.equal(fetched.digest, digest)
      assert.ok(fetched.manifest.kind === 'index')
      assert.deepEqual(
        fetched.manifest.manifests.map((m) => m.digest),
        [b.digest, a.digest],
      )
    })

    test('all tags', async () => {
      const tags = ['latest', 'v1', 'v2', 'A_b.c-d']
      for (const tag of tags) await under.image('team/tags', tag, 'same')
      const found = await under.reader.tags(under.repository('team/tags'), signal)
      assert.deepEqual(found.toSorted(), tags.toSorted())
    })

    test('what is not there is refused with the code of the distribution specification', async () => {
      await under.image('team/known', 'v1', 'one')
      const known = under.repository('team/known')
      const unknown = under.repository('team/unknown')
      const nothing = `sha256:${'0'.repeat(64)}`
      const cases: [string, () => Promise<unknown>][] = [
        ['MANIFEST_UNKNOWN', () => under.reader.manifest(known, 'v2', signal)],
        ['MANIFEST_UNKNOWN', () => under.reader.manifest(known, nothing, signal)],
        ['MANIFEST_UNKNOWN', () => under.reader.manifest(unknown, 'v1', signal)],
        ['BLOB_UNKNOWN', () => under.reader.blob(known, nothing, signal)],
        ['NAME_UNKNOWN', () => under.reader.tags(unknown, signal)],
      ]
      for (const [code, read] of cases) {
        await assert.rejects(read(), (error) => error instanceof RegistryError && error.has(code))
      }
    })

    test('an aborted signal rejects with its reason', async () => {
      const reason = new Error('enough')
      const aborted = AbortSignal.abort(reason)
      const repository = under.repository('team/app')
      await assert.rejects(under.reader.manifest(repository, 'v1', aborted), reason)
      await assert.rejects(under.reader.tags(repository, aborted), reason)
    })
  })
}
