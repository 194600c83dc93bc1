// What one replica does for all.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { startControllers, type ControllerOptions } from '../../controllers/index.ts'
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { Metrics } from '../../core/machinery/metrics.ts'
import { LEASE } from '../../install/names.ts'
import { aborted } from '../../kube/backoff.ts'
import { fenced } from '../../kube/fenced.ts'
import { Election } from '../../kube/lease.ts'
import { Background } from '../background.ts'
import { measuredMastership } from './mastership.ts'
import type { Placement } from './placement.ts'

/** What a leader works with. */
export interface LeadershipOptions {
  /** Where the Lease lies; the pulse that it gives is that of all watches of this client. */
  cluster: ObjectClient & { dropWatches(): void }
  namespace: string
  /** Sees image streams through this server, and the rest of the cluster. */
  client: ObjectClient
  placement: Pick<Placement, 'lead' | 'address' | 'onRegistration'>
  /** What the leader's controllers work with. `quotas`: followed all the time, whoever leads. */
  work: Pick<ControllerOptions, 'kinds' | 'quotas' | 'schedule'>
  /** Done at the beginning, beside that. */
  guard: (leading: AbortSignal) => Promise<void>
  /** Resolves when this server answers: then controllers may begin. Its certificate may have to be made before. */
  started: Promise<void>
  log: Log
  metrics: Metrics
}

/** A part in an election. */
export interface Leadership {
  /** Who leads, as far as is known. */
  leader(): Election['leader']
  stop(): Promise<void>
}

/** Takes part in the election until it is stopped. */
export function startLeadership({
  cluster,
  namespace,
  client,
  placement,
  work,
  guard,
  started,
  log,
  metrics,
}: LeadershipOptions): Leadership {
  const leadership = new Background()
  const { signal } = leadership
  const identity = `${hostname()}-${randomBytes(4).toString('hex')}`
  const onDeaf = (): void => cluster.dropWatches()
  const { address } = placement
  const election = new Election({ client: cluster, namespace, name: LEASE, identity, address, log, signal, onDeaf })
  placement.onRegistration((canAsk) => (canAsk ? election.standAgain() : election.standAside()))
  const controllers = async (leading: AbortSignal, holds: () => boolean): Promise<void> => {
    await Promise.race([started, aborted(leading)])
    if (leading.aborted) return
    const controlling = startControllers({ ...work, client: fenced(client, holds), signal: leading, log, metrics })
    await Promise.all([controlling, guard(leading)])
  }
  const lead = async (leading: AbortSignal, holds: () => boolean): Promise<void> => {
    await Promise.all([placement.lead(leading, holds), controllers(leading, holds)])
  }
  leadership.run(election.run(measuredMastership(metrics, LEASE, lead)))
  return { leader: () => election.leader, stop: () => leadership.stop() }
}
