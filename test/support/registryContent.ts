// What a registry holds, in memory: tiny images without a network. Served by fakeRegistry.ts, or read by a reader directly.
import { digestOf } from '../../src/core/oci/digest.ts'
import { manifestDigest, parseManifest } from '../../src/core/oci/manifest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST } from '../../src/core/oci/mediaType.ts'
import { refused } from '../../src/registry/error.ts'
import type { RegistryReader } from '../../src/registry/reader.ts'

export interface Stored {
  digest: string
  bytes: Buffer
  mediaType: string
}

export interface Entry extends Stored {
  platform?: { architecture: string; os: string; variant?: string }
}

export class RegistryContent {
  readonly manifests = new Map<string, Stored>()
  readonly blobs = new Map<string, Buffer>()
  readonly tags = new Map<string, string[]>()

  /** Stores a document under its digest and, if given, a tag. */
  put(repository: string, tag: string | null, document: unknown, mediaType: string): Stored {
    const bytes = Buffer.isBuffer(document) ? document : Buffer.from(JSON.stringify(document))
    const stored = { digest: digestOf(bytes), bytes, mediaType }
    this.manifests.set(`${repository} ${stored.digest}`, stored)
    if (tag !== null) {
      this.manifests.set(`${repository} ${tag}`, stored)
      const tags = this.tags.get(repository) ?? []
      this.tags.set(repository, tags.includes(tag) ? tags : [...tags, tag])
    }
    return stored
  }

  blob(repository: string, bytes: Buffer) {
    const digest = digestOf(bytes)
    this.blobs.set(`${repository} ${digest}`, bytes)
    return { digest, size: bytes.length, mediaType: 'application/octet-stream' }
  }

  /** An image; `seed` decides its digest. */
  image(
    repository: string,
    tag: string | null,
    seed: string,
    architecture = 'amd64',
    mediaType = DOCKER_MANIFEST,
  ): Entry {
    const platform = { architecture, os: 'linux' }
    const config = this.blob(repository, Buffer.from(JSON.stringify({ ...platform, author: seed, config: {} })))
    const layers = [this.blob(repository, Buffer.from(`layer of ${seed}`))]
    return { ...this.put(repository, tag, { schemaVersion: 2, mediaType, config, layers }, mediaType), platform }
  }

  index(repository: string, tag: string | null, entries: readonly Entry[], mediaType = DOCKER_LIST): Stored {
    const manifests = entries.map(({ digest, bytes, platform, mediaType: type }) => ({
      mediaType: type,
      digest,
      size: bytes.length,
      ...(platform && { platform }),
    }))
    return this.put(repository, tag, { schemaVersion: 2, mediaType, manifests }, mediaType)
  }

  /** Reads the content without a network; `asked` gets a line for each call. */
  reader(asked: string[] = []): RegistryReader {
    const manifest = (repository: string, reference: string): Stored => {
      const stored = this.manifests.get(`${repository} ${reference}`)
      if (!stored) throw refused([{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }])
      return stored
    }
    const blob = (repository: string, digest: string): Buffer => {
      const bytes = this.blobs.get(`${repository} ${digest}`)
      if (!bytes) throw refused([{ code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' }])
      return bytes
    }
    return {
      async manifest({ name }, reference, signal) {
        signal.throwIfAborted()
        asked.push(`manifest ${name} ${reference}`)
        const { bytes, mediaType } = manifest(name, reference)
        const parsed = parseManifest(bytes, mediaType)
        return { manifest: parsed, bytes, digest: manifestDigest(parsed, bytes) }
      },
      async head({ name }, reference, signal) {
        signal.throwIfAborted()
        asked.push(`head ${name} ${reference}`)
        const { digest, mediaType } = manifest(name, reference)
        return { digest, mediaType }
      },
      async blob({ name }, digest, signal) {
        signal.throwIfAborted()
        asked.push(`blob ${name} ${digest}`)
        return blob(name, digest)
      },
      async blobSize({ name }, digest, signal) {
        signal.throwIfAborted()
        asked.push(`size ${name} ${digest}`)
        return blob(name, digest).length
      },
      tags: async ({ name }, signal) => {
        signal.throwIfAborted()
        asked.push(`tags ${name}`)
        const tags = this.tags.get(name)
        if (!tags) throw refused([{ code: 'NAME_UNKNOWN', message: 'repository name not known to registry' }])
        return [...tags]
      },
    }
  }
}
