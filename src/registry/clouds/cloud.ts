// Credential helpers: they get credentials from a cloud for who this process is there, so that nobody keeps a password.
import type { Outbound } from '../../http/outbound.ts'
import type { Credential } from '../reader.ts'
import type { Perishable } from './renewed.ts'

/** A helper for the registries of one cloud. */
export interface Cloud {
  /** Hosts that it is for, for people. */
  readonly hosts: string
  /** Registries of the same scope take the same credential; undefined for a host that is none of this cloud's. */
  scope(host: string): string | undefined
  /** Gets a credential for a scope. Rejects with HelperError. */
  fetch(scope: string, signal: AbortSignal): Promise<Perishable<Credential>>
}

/** What helpers work with. */
export interface CloudOptions {
  /** Connections of their own: metadata services are where imports may not go. */
  outbound: Outbound
  /** What the platform says of who this process is. */
  env: Readonly<Record<string, string | undefined>>
  /** By the names of CREDENTIAL_SETTINGS. */
  settings: Readonly<Record<string, string>>
  /** Milliseconds since 1970. */
  now: () => number
}
