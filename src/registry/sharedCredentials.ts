// Credentials of the whole installation: for imports of any namespace, after those of the namespace itself.
import type { Reference } from '../core/oci/reference.ts'
import type { Candidates, Credential } from './reader.ts'

/** What is asked for, and how. */
export interface SharedQuery {
  reference: Reference
  /** Whoever imports has said that the registry need not prove who it is. */
  insecure: boolean
  /** What the registry does not take, or no longer. */
  refused: readonly Credential[]
}

/** Finds them; never rejects. */
export type SharedCredentials = (query: SharedQuery) => Promise<Candidates>

/** There are none. */
export const NONE_SHARED: SharedCredentials = () => Promise.resolve({ credentials: [] })
