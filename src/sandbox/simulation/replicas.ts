// The controllers of ReplicaSets and of their elders, ReplicationControllers: each object keeps a number of equal pods.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { ReplicaSet } from '../types/deployment.ts'
import type { Pod, PodTemplateSpec } from '../types/pod.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import { withCondition, withoutCondition, type Condition } from './condition.ts'
import { BURST, createPod, deletePod } from './podFactory.ts'
import { availableIn, isActive, isReady } from './podState.ts'
import type { View } from './view.ts'
import type { World } from './world.ts'

/** A kind that keeps equal pods. */
interface Replicated extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; template: PodTemplateSpec }
  status: { conditions?: Condition[] }
}

const reportOf = (component: string) => ({
  component,
  created: (name: string): string => `Created pod: ${name}`,
  deleted: (name: string): string => `Deleted pod: ${name}`,
  failed: (_name: string, reason: string): string => `Error creating: ${reason}`,
})

/** Pods to delete first: those not ready, then the youngest. */
const byWorth = (a: Pod, b: Pod): number =>
  Number(isReady(a)) - Number(isReady(b)) ||
  (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')

class Keeper<T extends Replicated> {
  readonly #world: World
  readonly #view: View<T>
  readonly #report: ReturnType<typeof reportOf>

  constructor(world: World, view: View<T>, component: string) {
    this.#world = world
    this.#view = view
    this.#report = reportOf(component)
    world.control(view, [world.pods], (set) => this.#reconcile(set))
  }

  async #reconcile(set: T): Promise<number | undefined> {
    const { pods } = this.#world
    const uid = set.metadata.uid ?? ''
    const active = pods.controlled(uid).filter(isActive)
    let refused: string | undefined
    if (!set.metadata.deletionTimestamp) refused = await this.#resize(set, active)
    const present = pods.controlled(uid).filter(isActive)
    return this.#tell(set, present, refused)
  }

  /** Makes or deletes pods. Answers why the API refuses them, if it does. */
  async #resize(set: T, active: readonly Pod[]): Promise<string | undefined> {
    const view = this.#view
    const wanted = set.spec.replicas ?? 0
    const owner = view.ownedBy(set)
    const prefix = `${set.metadata.name ?? ''}-`
    for (let i = active.length; i < Math.min(wanted, active.length + BURST); i++) {
      const request = { template: set.spec.template, owner, prefix }
      const { refused } = await createPod(this.#world, view, set, request, this.#report)
      if (refused !== undefined) return refused
    }
    const surplus = active.toSorted(byWorth).slice(0, Math.max(0, active.length - wanted))
    for (const pod of surplus) await deletePod(this.#world, view, set, pod, this.#report)
    return undefined
  }

  async #tell(set: T, pods: readonly Pod[], refused: string | undefined): Promise<number | undefined> {
    const now = this.#world.now()
    const waits = pods.map((pod) => availableIn(pod, set.spec.minReadySeconds ?? 0, now))
    const ready = pods.filter(isReady).length
    const available = waits.filter((wait) => wait === 0).length
    const labels = Object.entries(set.spec.template.metadata.labels ?? {})
    const labelled = pods.filter((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length
    const conditions = this.#conditions(set, refused)
    await this.#view.writeStatus(set, {
      replicas: pods.length,
      ...(labelled > 0 && { fullyLabeledReplicas: labelled }),
      ...(ready > 0 && { readyReplicas: ready }),
      ...(available > 0 && { availableReplicas: available }),
      ...(set.metadata.generation && { observedGeneration: set.metadata.generation }),
      ...(conditions.length > 0 && { conditions }),
    })
    const pending = waits.filter((wait) => wait !== undefined && wait > 0) as number[]
    return pending.length > 0 ? Math.min(...pending) : undefined
  }

  #conditions(set: T, refused: string | undefined): Condition[] {
    const { conditions } = set.status
    if (refused === undefined) return withoutCondition(conditions, 'ReplicaFailure')
    const next = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused } as const
    const all = withCondition(conditions, next, this.#world.time())
    if (deepEqual(all, conditions)) return all
    // These conditions carry no time of update.
    return all.map(({ lastUpdateTime: _unused, ...condition }) => condition)
  }
}

/** Runs ReplicaSets. */
export class ReplicaSets extends Keeper<ReplicaSet> {
  constructor(world: World) {
    super(world, world.replicaSets, 'replicaset-controller')
  }
}

/** Runs ReplicationControllers. */
export class ReplicationControllers extends Keeper<ReplicationController> {
  constructor(world: World) {
    super(world, world.replicationControllers, 'replication-controller')
  }
}
