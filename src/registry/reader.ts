// RegistryReader: what the importer may know of registries. Contract: test/contract/registryReader.ts.
import type { Manifest } from '../core/oci/manifest.ts'
import type { Reference } from '../core/oci/reference.ts'
import type { Errand } from './errand.ts'

/** A user of a registry. */
export interface Credential {
  username: string
  password: string
}

/** Who may ask for an image. */
export interface Candidates {
  /** In the order in which they are tried. */
  credentials: readonly Credential[]
  /** Why there may be one too few, for people. */
  problem?: string | undefined
}

/** A repository, and how to get at it. */
export interface Repository {
  /** `host` or `host:port` to connect to. */
  host: string
  /** `namespace/name` as it stands in URLs. */
  name: string
  /** Accept any certificate, and plain HTTP where there is no TLS. */
  insecure: boolean
  /** Asks for the credential, if there is one. Not called where the registry lets everybody in. */
  credential?: (() => Promise<Credential | undefined>) | undefined
  /**
   * In place of `credential`: several, tried in turn. `refused`: those of which the registry takes none any more. `elsewhere`: not for
   * this repository, but for what mirrors it.
   */
  candidates?: ((refused: readonly Credential[], elsewhere?: Reference) => Promise<Candidates>) | undefined
  /** Of a check, which gives way to imports where a budget is short. */
  errand?: Errand | undefined
  /** For which an import asks. */
  namespace?: string | undefined
}

/** A manifest with its bytes. */
export interface FetchedManifest {
  manifest: Manifest
  /** As served. */
  bytes: Uint8Array
  /** Computed from the bytes. */
  digest: string
}

/** What a registry says of a manifest without sending it. */
export interface ManifestHead {
  digest: string
  mediaType: string
  /** What the registry wants to be asked by whether it is still the same. https://www.rfc-editor.org/rfc/rfc9110#name-etag */
  etag?: string | undefined
}

/**
 * Reads registries. Failures are RegistryErrors or (documents that make no sense) ManifestErrors; an aborted signal rejects with its
 * reason. Everything that is asked for by digest has that digest.
 */
export interface RegistryReader {
  /** Fetches a manifest by tag or digest. */
  manifest(repository: Repository, reference: string, signal: AbortSignal): Promise<FetchedManifest>
  /** Asks for a manifest's digest; undefined where the registry does not tell. `known`: what it told last time. */
  head(
    repository: Repository,
    reference: string,
    signal: AbortSignal,
    known?: ManifestHead,
  ): Promise<ManifestHead | undefined>
  /** Fetches a small blob, such as a configuration. Only for digests that a manifest of this repository names. */
  blob(repository: Repository, digest: string, signal: AbortSignal): Promise<Uint8Array>
  /** Size of a blob in bytes. */
  blobSize(repository: Repository, digest: string, signal: AbortSignal): Promise<number>
  /** Names of all tags, in the registry's order. */
  tags(repository: Repository, signal: AbortSignal): Promise<string[]>
}
