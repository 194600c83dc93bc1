// The gate to registries: every request passes it, and is counted.
import type { Delay } from '../core/registries/delay.ts'
import { RegistryError } from './error.ts'
import type { Errand } from './errand.ts'
import type { Answer } from './exchange.ts'
import type { Credential } from './reader.ts'

/** A request that is about to be sent. */
export interface Passing {
  /** `host` or `host:port` of the registry. */
  host: string
  /** '' where it is about none. */
  repository: string
  credential?: Credential | undefined
  /** HEAD of a manifest, GET of a manifest (what registries count as a pull), or another request. */
  kind: 'head' | 'pull' | 'other'
  /** Of a check; of anything else there is none. */
  errand?: Errand | undefined
  /** Of the import: namespaces share what there is. Default: it serves all of them. */
  namespace?: string | undefined
  /** What it is sent for, beside that: finding out how to speak to a registry. */
  session?: boolean
  /** It goes to a token server that is not the registry: it counts for nothing, but who is refused a token is to leave the registry alone. */
  elsewhere?: boolean
}

/** What came of a request: its answer, none, or that it was not sent after all. */
export type Told = Pick<Answer, 'status' | 'headers'> | 'unsent' | undefined

/** Tells what came of a request that was let pass. Until it is called the request may reach the registry. */
export type Passed = (told?: Told) => void

/** Lets a request pass: at once, or when it has leave to. Throws HeldBack, or rejects with it. */
export type Gate = (passing: Passing) => Passed | Promise<Passed>

/** What is told of a request that failed. */
export const failed = (error: unknown): Told => (error instanceof RegistryError && error.unsent ? 'unsent' : undefined)

/** Lets everything pass. */
export const openGate: Gate = () => () => {}

/** A request that was not sent, because of a budget. */
export class HeldBack extends RegistryError {
  override name = 'HeldBack'
  readonly delay: Delay

  constructor(message: string, delay: Delay, temporary: boolean) {
    const errors = [{ code: 'TOOMANYREQUESTS', message }]
    super('held-back', message, { temporary, retryAfter: delay.ms, errors, reason: 'TooManyRequests' })
    this.delay = delay
  }
}
