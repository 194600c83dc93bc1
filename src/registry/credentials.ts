// Credentials of one import: the pull secrets are read when a registry wants to know who asks, and not before.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import type { Candidates } from './reader.ts'
import type { SharedCredentials, SharedQuery } from './sharedCredentials.ts'

/** Where the credentials of an import come from. */
export interface CredentialsOptions {
  /** The pull secrets of the namespace. */
  read: () => Promise<readonly PullSecret[]>
  /** Told of those that make no sense. */
  problem: (secret: PullSecret, message: string) => void
  shared: SharedCredentials
}

/** Finds credentials in secrets that are read once, then in those of the installation. */
export class Credentials {
  readonly #options: CredentialsOptions
  #keyring: Promise<Keyring> | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
  }

  /** The credentials for an image. Rejects when the secrets cannot be read. */
  async find(query: SharedQuery): Promise<Candidates> {
    const { read, problem, shared } = this.#options
    this.#keyring ??= read().then((secrets) => createKeyring(secrets, problem))
    return candidates(await this.#keyring, query, shared)
  }

  /** Rejects when the secrets were to be read, and could not be: that is no fault of an image. */
  async check(): Promise<void> {
    await this.#keyring
  }
}

/** Those of a namespace first, then those of the installation. */
export async function candidates(own: Keyring, query: SharedQuery, shared: SharedCredentials): Promise<Candidates> {
  const { credentials, problem } = await shared(query)
  return { credentials: [...own.find(query.reference), ...credentials], problem }
}
