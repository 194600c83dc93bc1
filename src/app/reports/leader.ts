// Asking the server that leads. See docs/adr/0055-reports-from-the-leader.md.
import { nobodyToAsk } from '../../apiserver/reports/asking.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Access } from '../../kube/access.ts'
import { unlessAborted } from '../../kube/backoff.ts'
import { LeaderConnection, type LeaderPlace } from '../cluster/leaderConnection.ts'

/** Milliseconds for an answer. */
const PATIENCE = 5_000

/** Whom to ask, and as whom. */
export interface LeaderOptions extends LeaderPlace {
  /** Who this server is to the cluster, and so to the other server. */
  access: Access
  log: Pick<Log, 'warn'>
}

type Asked = Pick<ObjectClient, 'get' | 'list'>

/** Asks other servers. */
export class LeaderClient {
  readonly #connection: LeaderConnection
  readonly #log: Pick<Log, 'warn'>

  constructor({ access, log, ...place }: LeaderOptions) {
    this.#connection = new LeaderConnection({
      ...place,
      user: access.user,
      timeout: PATIENCE,
      refusal: nobodyToAsk,
    })
    this.#log = log
  }

  /** The one that leads. Error: ServiceUnavailable when there is none, or nobody knows where it is; and of requests. */
  readonly current = (): Asked => {
    const client = this.#connection.current()
    // A connection that does not come about is waited for longer than a request that is sent.
    const asked = <T>(answer: Promise<T>): Promise<T> =>
      unlessAborted(answer, AbortSignal.timeout(PATIENCE)).catch((error: unknown) => this.#fail(error))
    return {
      get: (...args) => asked(client.get(...args)),
      list: (...args) => asked(client.list(...args)),
    }
  }

  close(): Promise<void> {
    return this.#connection.close()
  }

  /** What the other says of the question is passed on; what keeps it from answering is for the log. */
  #fail(err: unknown): never {
    if (isReason(err, 'NotFound') || isReason(err, 'BadRequest')) throw err
    this.#log.warn({ err }, 'the server that leads cannot be asked')
    throw nobodyToAsk('the server that leads cannot be asked')
  }
}
