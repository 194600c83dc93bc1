// Starts the simulated controllers.
import { Collector } from './collector.ts'
import { CronJobs } from './cronJobs.ts'
import { DaemonSets } from './daemonSets.ts'
import { Deployments } from './deployments.ts'
import { sweepEvents } from './eventSweep.ts'
import { Jobs } from './jobs.ts'
import { Kubelet } from './kubelet.ts'
import { Namespaces } from './namespaces.ts'
import { Quotas } from './quotas.ts'
import { ReplicaSets, ReplicationControllers } from './replicas.ts'
import { StatefulSets } from './statefulSets.ts'
import { World, type WorldOptions } from './world.ts'

export type SandboxOptions = WorldOptions

export interface Sandbox {
  /** Resolves when the initial namespaces exist and all caches are filled. */
  readonly ready: Promise<void>
  /** No controller has anything to do; timers do not count. */
  readonly idle: boolean
  /** Resolves when everything has stopped after the signal. */
  readonly stopped: Promise<void>
}

/** Simulates the controllers and the node of a cluster until the signal aborts. */
export function startSandbox(options: SandboxOptions): Sandbox {
  const world = new World(options)
  const namespaces = new Namespaces(world)
  const workloads = [Deployments, ReplicaSets, ReplicationControllers, StatefulSets, DaemonSets, Jobs, CronJobs]
  for (const Controller of [...workloads, Kubelet, Collector, Quotas]) void new Controller(world)
  const stopped = Promise.all([world.run(), sweepEvents(world)]).then(() => world.recorder.flushed())
  const ready = namespaces.bootstrap().then(() => world.synced())
  // Whoever needs it waits for it; a stop while starting must not end the process.
  ready.catch(() => undefined)
  return {
    ready,
    stopped,
    get idle() {
      return world.idle
    },
  }
}
