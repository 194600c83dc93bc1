// What can go wrong with a registry. Messages are those of Docker's client, which users know and scripts match; they never hold
// credentials, and of what a registry sends only a short piece.
import type { ImportReason } from '../core/image/importReasons.ts'
import { wireErrorText, type WireError } from '../core/oci/wireError.ts'

export type RegistryProblem =
  /** No answer: name, connection or TLS. */
  | 'transport'
  /** No complete answer in time. */
  | 'timeout'
  /** The registry (or its token server) refused, and said why. */
  | 'refused'
  /** A status that says nothing more. */
  | 'status'
  /** The host does not speak the distribution API. */
  | 'not-v2'
  /** Credentials are wanted, and there are none. */
  | 'no-credentials'
  /** No token could be had. */
  | 'token'
  /** A credential helper could not give the credential that is wanted. */
  | 'helper'
  /** Content that is not what its digest says. */
  | 'integrity'
  /** An answer that is larger than it may be. */
  | 'too-large'
  /** The import as a whole took too long. */
  | 'deadline'
  /** The import as a whole took too much. */
  | 'budget'
  /** Not sent: a budget is used up. */
  | 'held-back'
  /** Redirects without end, or to where it is not allowed. */
  | 'redirect'
  /** An answer that cannot be understood. */
  | 'malformed'

/** What else is known of a failure. */
export interface RegistryErrorOptions extends ErrorOptions {
  /** Trying again may help. */
  temporary?: boolean
  /** Milliseconds that the registry asks to wait. */
  retryAfter?: number | undefined
  /** Nobody with this credential is let in: another one may help. */
  denied?: boolean
  errors?: readonly WireError[]
  /** The registry has not heard of the request. */
  unsent?: boolean
  /** Where more is known than the problem says; by default that of the cause. */
  reason?: ImportReason | undefined
}

/** A registry that could not be reached, or that refused. */
export class RegistryError extends Error {
  override name = 'RegistryError'
  readonly problem: RegistryProblem
  readonly temporary: boolean
  readonly retryAfter: number | undefined
  readonly denied: boolean
  readonly unsent: boolean
  readonly errors: readonly WireError[]
  readonly reason: ImportReason | undefined

  constructor(problem: RegistryProblem, message: string, options: RegistryErrorOptions = {}) {
    super(message, options)
    this.problem = problem
    this.temporary = options.temporary ?? false
    this.retryAfter = options.retryAfter
    this.denied = options.denied ?? false
    this.unsent = options.unsent ?? false
    this.errors = options.errors ?? []
    const { cause } = options
    this.reason = options.reason ?? (cause instanceof RegistryError ? cause.reason : undefined)
  }

  /** Too many requests, as the registry or a budget of ours says: another one would be one more. */
  get isBusy(): boolean {
    return this.reason === 'RateLimited' || this.has('TOOMANYREQUESTS')
  }

  /** Whether the registry gave this error code. */
  has(code: string): boolean {
    return this.errors.some((error) => error.code === code)
  }
}

/** The error that a registry's error list means. */
export function refused(errors: readonly WireError[], options: RegistryErrorOptions = {}): RegistryError {
  return new RegistryError('refused', wireErrorText(errors), { ...options, errors })
}
