// RegistryReader over HTTP. https://github.com/opencontainers/distribution-spec/blob/main/spec.md
import { isDigest, matchesDigest } from '../core/oci/digest.ts'
import { manifestDigest, parseManifest } from '../core/oci/manifest.ts'
import { ACCEPTED_MANIFESTS, bareMediaType } from '../core/oci/mediaType.ts'
import type { Outbound } from '../http/outbound.ts'
import { RegistryError } from './error.ts'
import { type Answer, etagOf, NOT_MODIFIED, single } from './exchange.ts'
import type { Gate } from './gate.ts'
import { KnownContent } from './knownContent.ts'
import type { FetchedManifest, ManifestHead, RegistryReader, Repository } from './reader.ts'
import { PATIENT, type RetryPolicy } from './retry.ts'
import { Rounds } from './rounds.ts'
import { Session, type Timeouts } from './session.ts'
import { Shared } from './shared.ts'
import { createPages, listTags } from './tagList.ts'
import { Together } from './together.ts'
import { trying } from './trying.ts'

/** How registries are reached. */
export interface HttpReaderOptions {
  outbound: Outbound
  /** Default PATIENT. */
  retry?: RetryPolicy
  timeouts?: Partial<Timeouts>
  /** Passed by each request. Default: everything passes. */
  gate?: Gate
}

/** Largest manifest and configuration, in bytes; the limit that registries set for pushes. */
const MANIFEST_LIMIT = 4 * 1024 * 1024
const CONFIG_LIMIT = 4 * 1024 * 1024

const ACCEPT = ACCEPTED_MANIFESTS.join(', ')

/** A reader that keeps connections, endpoints, tokens, recent content and who was let in between calls. */
export function createHttpReader(options: HttpReaderOptions): RegistryReader {
  const session = new Session({
    outbound: options.outbound,
    retry: options.retry ?? PATIENT,
    gate: options.gate,
    timeouts: { ping: 15_000, token: 15_000, request: 60_000, ...options.timeouts },
  })
  const known = new KnownContent()
  const together = new Together((repository, signal) => session.wantsToKnow(repository, signal))
  // What a tag means may have changed since it was asked for; what a digest means has not.
  const manifests = { tagged: new Rounds<FetchedManifest>(), named: new Shared<FetchedManifest>() }
  const blobs = new Shared<Uint8Array>()
  const pages = createPages()
  const manifestPath = (repository: Repository, reference: string) => `/v2/${repository.name}/manifests/${reference}`
  const blobPath = (repository: Repository, digest: string) => `/v2/${repository.name}/blobs/${digest}`

  async function head(repository: Repository, reference: string, signal: AbortSignal, before?: ManifestHead) {
    const path = manifestPath(repository, reference)
    const unless = before?.etag
    const answer = await session.get(repository, { method: 'HEAD', path, accept: ACCEPT, limit: 0, signal, unless })
    return answer.status === NOT_MODIFIED ? before : headOf(answer)
  }

  /** The manifest of last time, if a HEAD says that it is still the same: registries count those for nothing. */
  async function unchanged(repository: Repository, reference: string, signal: AbortSignal) {
    if (!known.hasSeen(repository, reference)) return undefined
    try {
      const now = await head(repository, reference, signal)
      return now && known.manifest(repository, now.digest)
    } catch (error) {
      signal.throwIfAborted()
      // GET says better than HEAD what is wrong, unless that is one request too many.
      if (error instanceof RegistryError && !error.isBusy) return undefined
      throw error
    }
  }

  async function manifest(repository: Repository, reference: string, signal: AbortSignal): Promise<FetchedManifest> {
    const same = await unchanged(repository, reference, signal)
    if (same) return same
    const path = manifestPath(repository, reference)
    const answer = await session.get(repository, { path, accept: ACCEPT, limit: MANIFEST_LIMIT, signal })
    const fetched = verified(answer, reference)
    known.keepManifest(repository, reference, fetched)
    return fetched
  }

  async function blob(repository: Repository, digest: string, signal: AbortSignal): Promise<Uint8Array> {
    const path = blobPath(repository, digest)
    const { body } = await session.get(repository, { path, accept: '*/*', limit: CONFIG_LIMIT, signal })
    if (!matchesDigest(body, digest)) throw mismatch(`the blob retrieved with digest ${digest}`)
    known.keepBlob(repository, digest, body)
    return body
  }

  return trying({
    head,
    manifest(repository, reference, signal) {
      const sharing = isDigest(reference) ? manifests.named : manifests.tagged
      return together.run(sharing, reference, repository, signal, (as, own) => manifest(as, reference, own))
    },
    async blob(repository, digest, signal) {
      const kept = known.blob(repository, digest)
      if (kept) return kept
      return await together.run(blobs, digest, repository, signal, (as, own) => blob(as, digest, own))
    },
    async blobSize(repository, digest, signal) {
      const path = blobPath(repository, digest)
      const answer = await session.get(repository, { method: 'HEAD', path, accept: '*/*', limit: 0, signal })
      const size = Number(single(answer.headers['content-length']) ?? 0)
      return Number.isSafeInteger(size) && size > 0 ? size : 0
    },
    tags: (repository, signal) => listTags(session, repository, signal, pages),
  })
}

function headOf(answer: Answer): ManifestHead | undefined {
  const digest = single(answer.headers['docker-content-digest']) ?? ''
  if (!isDigest(digest)) return undefined
  const mediaType = bareMediaType(single(answer.headers['content-type']) ?? '')
  const etag = etagOf(answer)
  return { digest, mediaType, ...(etag !== undefined && { etag }) }
}

/** Content is what its digest says: the one that was asked for, and the one that the registry claims. */
function verified(answer: Answer, reference: string): FetchedManifest {
  const bytes = answer.body
  const manifest = parseManifest(bytes, single(answer.headers['content-type']) ?? '')
  const digest = manifestDigest(manifest, bytes)
  const matches = (wanted: string) =>
    manifest.kind === 'schema1' ? matchesDigest(manifest.payload, wanted) : matchesDigest(bytes, wanted)
  if (isDigest(reference)) {
    if (!matches(reference)) throw mismatch(`the manifest retrieved with digest ${reference}`)
    return { manifest, bytes, digest: reference }
  }
  const claimed = single(answer.headers['docker-content-digest']) ?? ''
  // A digest that cannot be computed here proves nothing, and is not needed either.
  if (isDigest(claimed) && !matches(claimed))
    throw mismatch(`the manifest that the registry calls ${claimed.slice(0, 160)}`)
  return { manifest, bytes, digest }
}

const mismatch = (what: string) =>
  new RegistryError('integrity', `content integrity error: ${what} does not match the digest of its content`)
