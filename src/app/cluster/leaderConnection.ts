// The way to the server that leads, where that is another one. See docs/adr/0055-reports-from-the-leader.md.
import type { ApiError } from '../../core/machinery/status.ts'
import type { Access } from '../../kube/access.ts'
import { KubeClient } from '../../kube/client.ts'
import type { Election } from '../../kube/lease.ts'

/** Below this path a server answers from its own schedule or not at all: a request never goes round in circles. */
export const LEADER_PATH = '/leader'

/** Where the leader is. */
export interface LeaderPlace {
  leader: () => Election['leader']
  /** PEM of those who sign the certificates of servers. */
  authority: () => string
  /** The name in those certificates. */
  serverName: string
  userAgent: string
}

/** Who comes to it, and how. */
export interface LeaderConnectionOptions extends LeaderPlace {
  user: Access['user']
  /** Milliseconds for a request. */
  timeout: number
  /** The error for why nobody can be asked. */
  refusal: (why: string) => ApiError
}

/** Connections that are kept as long as it leads. */
export class LeaderConnection {
  readonly #options: LeaderConnectionOptions
  #known: { key: string; client: KubeClient } | undefined

  constructor(options: LeaderConnectionOptions) {
    this.#options = options
  }

  /** The one that leads, as seen below LEADER_PATH. Error: a refusal when there is none, or nobody knows where it is. */
  current(): KubeClient {
    const { leader: find, refusal } = this.#options
    const leader = find()
    if (!leader) throw refusal('no server leads')
    if (leader.isSelf) throw refusal('this server has only just begun to lead')
    if (leader.address === undefined) throw refusal('the server that leads does not say where it is')
    return this.#client(leader.address)
  }

  async close(): Promise<void> {
    await this.#known?.client.close()
    this.#known = undefined
  }

  #client(address: string): KubeClient {
    const { authority, serverName, user, userAgent, timeout } = this.#options
    const caData = Buffer.from(authority()).toString('base64')
    const key = `${address} ${caData}`
    if (this.#known?.key === key) return this.#known.client
    void this.close()
    const server = `https://${address}${LEADER_PATH}`
    const cluster = { name: 'leader', server, caData, tlsServerName: serverName, skipTLSVerify: false }
    const client = new KubeClient({ cluster, user, namespace: '' }, { userAgent, timeout })
    this.#known = { key, client }
    return client
  }
}
