import { registryReaderContract } from '../../test/contract/registryReader.ts'
import { startFakeRegistry } from '../../test/support/fakeRegistry.ts'
import { type Pushed, pushImage, pushIndex, startRegistry } from '../../test/support/registry.ts'
import { RegistryContent } from '../../test/support/registryContent.ts'
import { createOutbound } from '../http/outbound.ts'
import { createHttpReader } from './httpReader.ts'

function overHttp(host: string) {
  const outbound = createOutbound()
  return {
    reader: createHttpReader({ outbound }),
    repository: (name: string) => ({ host, name, insecure: true }),
    close: () => outbound.close(),
  }
}

for (const oci of [false, true]) {
  registryReaderContract(`docker-registry over HTTP, ${oci ? 'OCI' : 'Docker'} images`, async () => {
    const registry = await startRegistry()
    const { close, ...rest } = overHttp(registry.host)
    const pushed = new Map<string, Pushed>()
    return {
      ...rest,
      async image(repository, tag, seed) {
        const image = await pushImage(registry.host, repository, tag, { files: { seed }, oci })
        pushed.set(image.digest, image)
        return image
      },
      index: (repository, tag, digests) =>
        pushIndex(
          registry.host,
          repository,
          tag,
          digests.map((digest) => pushed.get(digest)!),
          { oci },
        ),
      stop: async () => {
        await close()
        await registry.stop()
      },
    }
  })
}

function inMemory(content: RegistryContent) {
  return {
    image: async (repository: string, tag: string | null, seed: string) => content.image(repository, tag, seed),
    index: async (repository: string, tag: string, digests: readonly string[]) => {
      const entries = digests.map((digest) => content.manifests.get(`${repository} ${digest}`)!)
      return content.index(repository, tag, entries)
    },
  }
}

registryReaderContract('the fake registry over HTTP, with tokens and pages', async () => {
  const fake = await startFakeRegistry({ auth: 'bearer', pageSize: 3 })
  const { close, ...rest } = overHttp(fake.host)
  return {
    ...rest,
    ...inMemory(fake.content),
    stop: async () => {
      await close()
      await fake.close()
    },
  }
})

registryReaderContract('content in memory', async () => {
  const content = new RegistryContent()
  return {
    reader: content.reader(),
    repository: (name) => ({ host: 'registry.invalid', name, insecure: false }),
    ...inMemory(content),
    stop: async () => {},
  }
})
