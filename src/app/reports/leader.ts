// Asking the server that leads. See docs/adr/0055-reports-from-the-leader.md.
import { nobodyToAsk } from '../../apiserver/reports/asking.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Access } from '../../kube/access.ts'
import { unlessAborted } from '../../kube/backoff.ts'
import { KubeClient } from '../../kube/client.ts'
import type { Election } from '../../kube/lease.ts'

/** Below this path a server answers from its own schedule or not at all: a request never goes round in circles. */
export const LEADER_PATH = '/leader'

/** Milliseconds for an answer. */
const PATIENCE = 5_000

/** Whom to ask, and as whom. */
export interface LeaderOptions {
  leader: () => Election['leader']
  /** PEM of those who sign the certificates of servers. */
  authority: () => string
  /** The name in those certificates. */
  serverName: string
  /** Who this server is to the cluster, and so to the other server. */
  access: Access
  userAgent: string
  log: Pick<Log, 'warn'>
}

type Asked = Pick<ObjectClient, 'get' | 'list'>

/** Asks other servers, over connections that are kept as long as they lead. */
export class LeaderClient {
  readonly #options: LeaderOptions
  #known: { key: string; client: KubeClient } | undefined

  constructor(options: LeaderOptions) {
    this.#options = options
  }

  /** The one that leads. Error: ServiceUnavailable when there is none, or nobody knows where it is; and of requests. */
  readonly current = (): Asked => {
    const leader = this.#options.leader()
    if (!leader) throw nobodyToAsk('no server leads')
    if (leader.isSelf) throw nobodyToAsk('this server has only just begun to lead')
    if (leader.address === undefined) throw nobodyToAsk('the server that leads does not say where it is')
    const client = this.#client(leader.address)
    // A connection that does not come about is waited for longer than a request that is sent.
    const asked = <T>(answer: Promise<T>): Promise<T> =>
      unlessAborted(answer, AbortSignal.timeout(PATIENCE)).catch((error: unknown) => this.#fail(error))
    return {
      get: (...args) => asked(client.get(...args)),
      list: (...args) => asked(client.list(...args)),
    }
  }

  async close(): Promise<void> {
    await this.#known?.client.close()
    this.#known = undefined
  }

  #client(address: string): KubeClient {
    const { authority, serverName, access, userAgent } = this.#options
    const caData = Buffer.from(authority()).toString('base64')
    const key = `${address} ${caData}`
    if (this.#known?.key === key) return this.#known.client
    void this.close()
    const server = `https://${address}${LEADER_PATH}`
    const cluster = { name: 'leader', server, caData, tlsServerName: serverName, skipTLSVerify: false }
    const client = new KubeClient({ ...access, cluster }, { userAgent, timeout: PATIENCE })
    this.#known = { key, client }
    return client
  }

  /** What the other says of the question is passed on; what keeps it from answering is for the log. */
  #fail(err: unknown): never {
    if (isReason(err, 'NotFound') || isReason(err, 'BadRequest')) throw err
    this.#options.log.warn({ err }, 'the server that leads cannot be asked')
    throw nobodyToAsk('the server that leads cannot be asked')
  }
}
