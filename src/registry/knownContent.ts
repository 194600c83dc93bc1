// Recently fetched manifests and configurations. They are named by their digests, so they never grow stale; but who may see them is
// the registry's to say, so they are kept per repository, and nobody gets one without having asked the registry first.
import { Cache } from './cache.ts'
import type { FetchedManifest, Repository } from './reader.ts'

/** Bytes of manifests and configurations together. */
const WEIGHT = 16 * 1024 * 1024
const ENTRIES = 4000
/** What an entry takes beside its bytes, roughly. */
const OVERHEAD = 500

/** Remembers what was fetched by digest. */
export class KnownContent {
  readonly #manifests = new Cache<FetchedManifest>({
    entries: ENTRIES,
    weight: WEIGHT / 2,
    // Parsed, a manifest takes about as much again.
    weigh: (fetched) => OVERHEAD + 2 * fetched.bytes.length,
  })
  readonly #blobs = new Cache<Uint8Array>({
    entries: ENTRIES,
    weight: WEIGHT / 2,
    weigh: (bytes) => OVERHEAD + bytes.length,
  })
  readonly #seen = new Cache<true>({ entries: 2 * ENTRIES })

  /** Whether a tag or digest was fetched before. */
  hasSeen(repository: Repository, reference: string): boolean {
    return this.#seen.get(key(repository, reference)) ?? false
  }

  manifest(repository: Repository, digest: string): FetchedManifest | undefined {
    return this.#manifests.get(key(repository, digest))
  }

  keepManifest(repository: Repository, reference: string, fetched: FetchedManifest): void {
    this.#manifests.set(key(repository, fetched.digest), fetched)
    this.#seen.set(key(repository, reference), true)
  }

  blob(repository: Repository, digest: string): Uint8Array | undefined {
    return this.#blobs.get(key(repository, digest))
  }

  keepBlob(repository: Repository, digest: string, bytes: Uint8Array): void {
    this.#blobs.set(key(repository, digest), bytes)
  }
}

/** Content that came over a connection that nobody vouches for is not given to those who want it vouched for. */
const key = (repository: Repository, reference: string) =>
  `${repository.insecure} ${repository.host}/${repository.name} ${reference}`
