import type { KeyPair } from '../../http/keyPair.ts'

/** Where a server runs, how the cluster finds it there, and where its certificate comes from. */
export interface Placement {
  /** Sees to it that the cluster can keep our state, and knows its servers. Errors: InstallError, the reason of the signal. */
  prepare(signal: AbortSignal): Promise<void>
  /** Resolves when there is a certificate. */
  readonly certified: Promise<void>
  /** The certificate in force. Only after `certified`. */
  certificate(): KeyPair
  /** PEM of those who have signed the certificates of all servers of this cluster. Only after `certified`. */
  authority(): string
  /** Where other servers reach this one, HOST:PORT; undefined where it does not know. */
  readonly address: string | undefined
  /** Hears of every other certificate. */
  onChange(handler: () => void): void
  /**
   * Hears when the cluster sends requests to another server than before, and whether that one can ask this one. Otherwise another is to lead:
   * what only the leader knows could not be had.
   */
  onRegistration(handler: (canAsk: boolean) => void): void
  /** Runs in every replica, until it stops. */
  run(): Promise<void>
  /** Runs in the one that leads, until the signal aborts. `holds`: whether it still leads. */
  lead(signal: AbortSignal, holds: () => boolean): Promise<void>
  /** Makes the cluster send requests here; the server listens already. Errors: as above; what was done by then is withdrawn. */
  announce(signal: AbortSignal): Promise<void>
  /** Makes it send no more; the server still listens. */
  withdraw(): Promise<void>
}
