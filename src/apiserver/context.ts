import { randomUUID } from 'node:crypto'
import type { AccessAnswer, AccessQuestion, Context, User } from '../core/machinery/resource.ts'

/** Decides what a user may do. */
export type Authorizer = (user: User, question: AccessQuestion) => Promise<AccessAnswer>

/** What a request tells its Context. */
export interface ContextOptions {
  user: User
  namespace: string
  dryRun: boolean
  signal: AbortSignal
  authorizer: Authorizer
  /** Collects warnings for the client. */
  warnings: string[]
}

/** Warnings of one answer: more would make headers that clients refuse. */
const MAX_WARNINGS = 20

const nothing = (): Promise<void> => Promise.resolve()

/** The Context of one request, with the real clock and random UIDs. */
export function createContext(options: ContextOptions): Context {
  const { user, namespace, dryRun, signal, authorizer, warnings } = options
  return {
    user,
    namespace,
    dryRun,
    signal,
    now: () => new Date(),
    uid: () => randomUUID(),
    authorize: (question) => authorizer(user, question),
    warn: (text) => {
      if (warnings.length < MAX_WARNINGS && !warnings.includes(text)) warnings.push(text)
    },
    // Reads make nothing; the verbs that write put admission here.
    reserve: () => Promise.resolve(nothing),
  }
}
