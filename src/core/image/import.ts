// The seam between the imagestreamimports resource, which knows streams, and the registry client, which knows registries.
import type { Choice } from '../policy/choice.ts'
import type { Read } from '../policy/policy.ts'
import type { PullSecret } from './pullSecrets.ts'
import type { ImageImportSpec, ImageImportStatus, RepositoryImportSpec, RepositoryImportStatus } from './types.ts'

/** The platform that a tag prefers where a registry offers several. */
export interface PreferredPlatform {
  arch?: string
  os?: string
}

/** What a tag follows instead of one fixed tag. */
export interface Followed {
  policy: Read
  /** See policyId. */
  id: string
  /** What it has chosen before. */
  choice: Choice | undefined
}

/** What to fetch from registries, and with which credentials. */
export interface ImportRequest {
  /** Whose it is: at registries namespaces take turns. */
  namespace: string
  /** `spec.images`, validated and defaulted. */
  images: readonly ImageImportSpec[]
  /** `spec.repository`, validated and defaulted. */
  repository?: RepositoryImportSpec
  /** What annotations of the existing spec tag prefer. */
  preferred(tag: string): PreferredPlatform
  /** The policy of the existing spec tag that this image is imported for. */
  followed?(image: ImageImportSpec): Followed | undefined
  /** Asks for pull secrets, in the order in which they are tried. Called once at most, and only when a registry wants to know who asks. */
  secrets(): Promise<readonly PullSecret[]>
  /** How many tags of a repository are imported; -1: all. */
  bulkLimit: number
  now: Date
  signal: AbortSignal
}

/**
 * Statuses in the order of the request. Images carry raw manifest and configuration: whoever shows or stores them removes
 * what must not be seen. They have a name, but neither uid nor creationTimestamp.
 */
export interface ImportResult {
  images: ImageImportStatus[]
  /** What policies have chosen, by the place of the image. */
  choices?: (Choice | undefined)[]
  repository?: RepositoryImportStatus
}

/** Fetches images of registries. What goes wrong with one image is its status; it rejects when the signal aborts or the secrets cannot be read. */
export type Importer = (request: ImportRequest) => Promise<ImportResult>
