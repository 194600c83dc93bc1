// Credentials of one import: the pull secrets are read when a registry wants to know who asks, and not before.
import type { PullSecret } from '../core/image/pullSecrets.ts'
import type { Reference } from '../core/oci/reference.ts'
import { createKeyring, type Keyring } from './keyring.ts'
import type { Credential } from './reader.ts'

/** Finds credentials in secrets that are read once. */
export class Credentials {
  readonly #read: () => Promise<readonly PullSecret[]>
  readonly #problem: (secret: string, message: string) => void
  #keyring: Promise<Keyring> | undefined

  /** `problem` is told of secrets that make no sense. */
  constructor(read: () => Promise<readonly PullSecret[]>, problem: (secret: string, message: string) => void) {
    this.#read = read
    this.#problem = problem
  }

  /** The credential for an image. Rejects when the secrets cannot be read. */
  async find(reference: Reference): Promise<Credential | undefined> {
    this.#keyring ??= this.#read().then((secrets) => createKeyring(secrets, this.#problem))
    return (await this.#keyring).find(reference)
  }

  /** Rejects when the secrets were to be read, and could not be: that is no fault of an image. */
  async check(): Promise<void> {
    await this.#keyring
  }
}
