// Credentials of the whole installation: for imports of any namespace, after those of the namespace itself.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { registryUrl } from '../core/oci/forms.ts'
import type { Reference } from '../core/oci/reference.ts'
import type { CloudCredentials as Wanted } from '../core/registries/configuration.ts'
import type { CloudCredentials } from './clouds/credentials.ts'
import { createKeyring, type Keyring } from './keyring.ts'
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

/** Where they come from. */
export interface SharedOptions {
  helpers: Pick<CloudCredentials, 'find'>
  /** Which helper the administrator wants for a host; undefined: none. */
  cloud: (host: string) => Wanted | undefined
  /** Told of default pull secrets that make no sense, and what is wrong, without their content. */
  problem: (secret: PullSecret, message: string) => void
}

/** Keys that may be used without TLS, or with any certificate, say so. */
const PLAIN = /^http:\/\//

const EMPTY = createKeyring([])

/**
 * Cluster-wide default pull secrets, then credential helpers. Whoever may import says where to, and whether the registry must prove who
 * it is: what is not theirs goes to registries that do, or to those for which the secret itself says `http://`.
 */
export class DefaultCredentials {
  readonly #options: SharedOptions
  #proven: Keyring = EMPTY
  #plain: Keyring = EMPTY

  constructor(options: SharedOptions) {
    this.#options = options
  }

  /** Takes these default pull secrets in place of those before, by name: of equal keys the first counts first. */
  setSecrets(secrets: readonly PullSecret[]): void {
    const sorted = secrets.toSorted((a, b) => (a.name < b.name ? -1 : 1))
    this.#proven = createKeyring(sorted, this.#options.problem)
    this.#plain = createKeyring(sorted, undefined, (server) => PLAIN.test(server))
  }

  readonly find: SharedCredentials = async ({ reference, insecure, refused }) => {
    if (insecure) return { credentials: this.#plain.find(reference) }
    const credentials = this.#proven.find(reference)
    const host = registryUrl(reference).slice('https://'.length)
    const cloud = this.#options.cloud(host)
    if (!cloud) return { credentials }
    const found = await this.#options.helpers.find({ cloud, host, refused })
    return { credentials: [...credentials, ...found.credentials], problem: found.problem }
  }
}
