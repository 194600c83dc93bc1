// Pruning with the real program: history that nobody needs goes, what is used stays.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { workload } from '../support/manifests.ts'
import { pushImage, startRegistry, type TestRegistry } from '../support/registry.ts'
import type { Server } from '../support/server.ts'
import { inEachWorld } from '../support/worlds.ts'

const EVERYTHING = ['--keep-tag-revisions=1', '--keep-younger-than=0s'] as const

inEachWorld((world) => {
  let registry: TestRegistry
  let server: Server
  before(async () => {
    ;[registry, server] = await Promise.all([startRegistry(), world.start()])
  })
  after(() => Promise.all([registry?.stop(), server?.stop()]))

  /** Digests that the tag pointed at, newest first. */
  const history = async (): Promise<string[]> => {
    const path = '{.status.tags[?(@.tag=="1")].items[*].image}'
    return (await server.kubectl.run('get', 'is/ubi', '-o', `jsonpath=${path}`)).split(' ')
  }
  const images = async (): Promise<string[]> => {
    const names = await server.kubectl.run('get', 'images', '-o', 'jsonpath={.items[*].metadata.name}')
    return names.split(' ').filter(Boolean).sort()
  }

  test('entries beyond the kept revisions go with their images, except those in use', async () => {
    const { millrace, kubectl } = server
    const digests: string[] = []
    for (const version of ['a', 'b', 'c', 'd']) {
      const { digest } = await pushImage(registry.host, 'ubi', '1', { author: version })
      digests.unshift(digest)
      await millrace.run('import-image', 'ubi:1', `--from=${registry.host}/ubi:1`, '--confirm', '--insecure')
    }
    assert.deepEqual(await history(), digests)
    const used = workload('app', { image: `${registry.host}/ubi@${digests[2]}` })
    await kubectl.with(JSON.stringify(used)).run('create', '-f', '-')

    const preview = await millrace.run('adm', 'prune', 'images', ...EVERYTHING)
    assert.match(preview, /Summary: deleted 2 image object\(s\), deleted 2 image stream tag item\(s\), updated 1 image/)
    assert.deepEqual(await history(), digests, 'nothing changed yet')

    assert.equal(await millrace.run('adm', 'prune', 'images', ...EVERYTHING, '--confirm'), preview)
    const kept = [digests[0]!, digests[2]!]
    assert.deepEqual(await history(), kept)
    assert.deepEqual(await images(), kept.toSorted())
    assert.match(
      await millrace.run('adm', 'prune', 'images', ...EVERYTHING, '--confirm'),
      /Summary: deleted 0 objects\n$/,
    )
  })
})
