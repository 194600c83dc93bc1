// Everything that the simulated controllers share.
import type { ObjectClient } from '../../core/machinery/client.ts'
import type { Log } from '../../core/machinery/log.ts'
import { formatTime, type KubeObject, type ResourceRef } from '../../core/machinery/object.ts'
import { exponential } from '../../kube/backoff.ts'
import type { Namespace } from '../types/core.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { CronJob, Job } from '../types/job.ts'
import type { Pod } from '../types/pod.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { ControllerRevision, DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { KeyedQueue, keyOf, splitKey, type Reconcile } from './queue.ts'
import { Recorder } from './recorder.ts'
import { controllerOf, View } from './view.ts'

export interface WorldOptions {
  client: ObjectClient
  /** Namespaced resources that lie in namespaces and go with them. */
  resources: readonly (ResourceRef & { kind: string })[]
  log: Log
  signal: AbortSignal
  now?: () => Date
}

/** Keys that one controller works on at the same time. Few: the API's users come first, and more would not be faster in one process. */
const WORKERS = 2

/** Kinds that come and go too often to be watched for owners that nobody gives them. */
const UNOWNED = ['Event', 'Lease']

/** What a controller is woken by. */
interface Watched {
  reflector: { on(handler: (change: { object: KubeObject; old?: KubeObject }) => void): void }
}

/** See above. */
export class World {
  readonly client: ObjectClient
  readonly resources: readonly ResourceRef[]
  readonly log: Log
  readonly signal: AbortSignal
  readonly now: () => Date
  readonly recorder: Recorder
  readonly namespaces: View<Namespace>
  readonly pods: View<Pod>
  readonly deployments: View<Deployment>
  readonly replicaSets: View<ReplicaSet>
  readonly replicationControllers: View<ReplicationController>
  readonly statefulSets: View<StatefulSet>
  readonly daemonSets: View<DaemonSet>
  readonly revisions: View<ControllerRevision>
  readonly jobs: View<Job>
  readonly cronJobs: View<CronJob>
  readonly quotas: View<ResourceQuota>
  /** Kinds that own or are owned: anything in a namespace may, with `ownerReferences` or a foreground deletion. */
  readonly owned: readonly View<KubeObject>[]
  /** Kinds whose objects quotas count. */
  readonly counted: readonly View<KubeObject>[]
  readonly #queues: KeyedQueue[] = []
  readonly #controllers = new Map<string, KeyedQueue>()
  /** Wakes whatever found no room for its pods, by kind and key. */
  readonly #crowded = new Map<string, { namespace: string; wake: () => void }>()

  constructor({ client, resources, log, signal, now = () => new Date() }: WorldOptions) {
    this.client = client
    this.resources = resources
    this.log = log
    this.signal = signal
    this.now = now
    this.recorder = new Recorder({ client, log, signal, now })
    const view = <T extends KubeObject>(group: string, plural: string, kind: string): View<T> =>
      new View<T>({ client, resource: { group, version: 'v1', plural }, kind, log, signal })
    this.namespaces = view('', 'namespaces', 'Namespace')
    this.pods = view('', 'pods', 'Pod')
    this.deployments = view('apps', 'deployments', 'Deployment')
    this.replicaSets = view('apps', 'replicasets', 'ReplicaSet')
    this.replicationControllers = view('', 'replicationcontrollers', 'ReplicationController')
    this.statefulSets = view('apps', 'statefulsets', 'StatefulSet')
    this.daemonSets = view('apps', 'daemonsets', 'DaemonSet')
    this.revisions = view('apps', 'controllerrevisions', 'ControllerRevision')
    this.jobs = view('batch', 'jobs', 'Job')
    this.cronJobs = view('batch', 'cronjobs', 'CronJob')
    this.quotas = view('', 'resourcequotas', 'ResourceQuota')
    const { pods, deployments, replicaSets, replicationControllers, quotas } = this
    const { statefulSets, daemonSets, revisions, jobs, cronJobs } = this
    const special = [
      deployments,
      replicaSets,
      replicationControllers,
      statefulSets,
      daemonSets,
      revisions,
      jobs,
      cronJobs,
      pods,
      quotas,
    ]
    const known = new Set([...UNOWNED, ...special.map(({ kind }) => kind)])
    const others = resources.filter(({ kind }) => !known.has(kind))
    this.owned = [
      ...(special as unknown as View<KubeObject>[]),
      ...others.map((resource) => new View({ client, resource, kind: resource.kind, log, signal })),
    ]
    this.counted = [...this.owned, view('coordination.k8s.io', 'leases', 'Lease')]
    pods.reflector.on(({ type }) => {
      if (type === 'deleted') this.#makeRoom()
    })
    quotas.reflector.on(({ object }) => this.#makeRoom(object.metadata.namespace))
  }

  /** Wakes what waits for room for pods, in one namespace or in all. */
  #makeRoom(namespace?: string): void {
    for (const [key, one] of this.#crowded) {
      if (namespace !== undefined && one.namespace !== namespace) continue
      this.#crowded.delete(key)
      one.wake()
    }
  }

  /** The present second, as objects write it. */
  time(): string {
    return formatTime(this.now())
  }

  /** A queue of keys for one controller. */
  queue(name: string, reconcile: Reconcile): KeyedQueue {
    const { log, signal } = this
    const backoff = exponential({ base: 20, cap: 30_000 })
    const queue = new KeyedQueue({ name, reconcile, workers: WORKERS, backoff, log, signal })
    this.#queues.push(queue)
    return queue
  }

  /** A queue that is woken by every change of `view`, and of whatever of `children` it controls. */
  control<T extends KubeObject>(
    view: View<T>,
    children: readonly Watched[],
    reconcile: (object: T) => Promise<number | undefined | void>,
  ): KeyedQueue {
    const queue = this.queue(view.kind, async (key) => {
      const object = view.get(...splitKey(key))
      return object && reconcile(object)
    })
    this.#controllers.set(view.kind, queue)
    view.reflector.on(({ object }) => queue.add(keyOf(object)))
    for (const child of children) {
      child.reflector.on(({ object, old }) => {
        for (const state of old ? [object, old] : [object]) {
          const owner = controllerOf(state)
          if (owner?.kind === view.kind) queue.add(`${object.metadata.namespace ?? ''}/${owner.name}`)
        }
      })
    }
    return queue
  }

  /** Has the controller of `view` look at `object` again once a pod has gone, or a quota has changed. */
  awaitRoom<T extends KubeObject>(view: View<T>, object: T): void {
    const key = keyOf(object)
    const { namespace = '' } = object.metadata
    const wake = (): void => this.#controllers.get(view.kind)?.add(key)
    this.#crowded.set(`${view.kind} ${key}`, { namespace, wake })
  }

  /** Reports something about an object of `view`. */
  event<T extends KubeObject>(
    view: View<T>,
    object: T,
    what: { component: string; type?: 'Normal' | 'Warning'; reason: string; message: string },
  ): void {
    const { kind, apiVersion } = view
    this.recorder.record({ about: { object, kind, apiVersion }, type: 'Normal', ...what })
  }

  /** Fills all caches and keeps them current until the signal aborts. */
  async run(): Promise<void> {
    await Promise.all([this.namespaces, ...this.counted].map((view) => view.reflector.run()))
  }

  /** Resolves when all caches are filled. */
  async synced(): Promise<void> {
    await Promise.all([this.namespaces, ...this.counted].map((view) => view.reflector.synced))
  }

  /** No controller has anything to do; timers do not count. */
  get idle(): boolean {
    return this.#queues.every((queue) => queue.idle)
  }
}
