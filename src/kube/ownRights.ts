// What becomes of a request that a server sends to its cluster for a user, and that the cluster refuses to the server: that is the
// server's failure, and whoever asked it may be told neither that they lack a right, nor whose it is.
import type { ObjectClient, Target } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import { internal, isReason } from '../core/machinery/status.ts'

/** Milliseconds between two lines of the log about the same: every request of every user fails then. */
const AGAIN = 60_000

const HELP =
  'the cluster refuses what this server has to ask it: run "millrace install" of this version again, or name a kubeconfig of a cluster administrator where it runs outside of the cluster'

/**
 * What an authorizer says; others that answer with 403 say it in other words: quotas, policies and webhooks, of which users must hear.
 * https://github.com/kubernetes/kubernetes/blob/master/staging/src/k8s.io/apiserver/pkg/endpoints/handlers/responsewriters/errors.go
 */
const REFUSAL = /^\S+(?: "[^"]*")? is forbidden: User "[^"]*" cannot \S+ (?:resource|path) "/

/** See above. */
export class OwnRights {
  readonly #log: Log
  readonly #now: () => number
  /** When each was told last. */
  readonly #told = new Map<string, number>()

  /** `now`: milliseconds since some moment. */
  constructor(log: Log, now: () => number = () => performance.now()) {
    this.#log = log
    this.#now = now
  }

  /** What to tell the user instead of a refusal, of which the log hears; any other error as it is. `what`: the resource, plural. */
  failure(error: unknown, what: string): unknown {
    if (!isRefusal(error)) return error
    const now = this.#now()
    if (now - (this.#told.get(what) ?? -Infinity) >= AGAIN) {
      this.#told.set(what, now)
      this.#log.error({ err: error, resource: what }, HELP)
    }
    return internal('the server lacks a right in its cluster; its log says which', error)
  }

  /** The same for requests through this client. */
  asking(client: Pick<ObjectClient, 'get' | 'list' | 'update'>): Pick<ObjectClient, 'get' | 'list' | 'update'> {
    const told = async <T>({ resource }: Target, answer: Promise<T>): Promise<T> => {
      try {
        return await answer
      } catch (error) {
        throw this.failure(error, resource.plural)
      }
    }
    return {
      get: (target, ...rest) => told(target, client.get(target, ...rest)),
      list: (target, ...rest) => told(target, client.list(target, ...rest)),
      update: (target, ...rest) => told(target, client.update(target, ...rest)),
    }
  }
}

function isRefusal(error: unknown): boolean {
  return isReason(error, 'Unauthorized') || (isReason(error, 'Forbidden') && REFUSAL.test(error.message))
}
