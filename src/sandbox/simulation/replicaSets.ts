// The controller of ReplicaSets: keeps a number of pods.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { ReplicaSet } from '../types/deployment.ts'
import type { Pod } from '../types/pod.ts'
import { withCondition, withoutCondition, type Condition } from './condition.ts'
import { BURST, createPod, deletePod } from './podFactory.ts'
import { availableIn, isActive, isReady } from './podState.ts'
import type { World } from './world.ts'

const REPORT = {
  component: 'replicaset-controller',
  created: (name: string): string => `Created pod: ${name}`,
  deleted: (name: string): string => `Deleted pod: ${name}`,
  failed: (_name: string, reason: string): string => `Error creating: ${reason}`,
}

/** Pods to delete first: those not ready, then the youngest. */
const byWorth = (a: Pod, b: Pod): number =>
  Number(isReady(a)) - Number(isReady(b)) ||
  (b.metadata.creationTimestamp ?? '').localeCompare(a.metadata.creationTimestamp ?? '')

/** Runs ReplicaSets. */
export class ReplicaSets {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.control(world.replicaSets, [world.pods], (set) => this.#reconcile(set))
  }

  async #reconcile(set: ReplicaSet): Promise<number | undefined> {
    const { pods } = this.#world
    const uid = set.metadata.uid ?? ''
    const active = pods.controlled(uid).filter(isActive)
    let refused: string | undefined
    if (!set.metadata.deletionTimestamp) refused = await this.#resize(set, active)
    const present = pods.controlled(uid).filter(isActive)
    return this.#report(set, present, refused)
  }

  /** Makes or deletes pods. Answers why the API refuses them, if it does. */
  async #resize(set: ReplicaSet, active: readonly Pod[]): Promise<string | undefined> {
    const { replicaSets } = this.#world
    const wanted = set.spec.replicas ?? 0
    const owner = replicaSets.ownedBy(set)
    const prefix = `${set.metadata.name ?? ''}-`
    for (let i = active.length; i < Math.min(wanted, active.length + BURST); i++) {
      const request = { template: set.spec.template, owner, prefix }
      const { refused } = await createPod(this.#world, replicaSets, set, request, REPORT)
      if (refused !== undefined) return refused
    }
    const surplus = active.toSorted(byWorth).slice(0, Math.max(0, active.length - wanted))
    for (const pod of surplus) await deletePod(this.#world, replicaSets, set, pod, REPORT)
    return undefined
  }

  async #report(set: ReplicaSet, pods: readonly Pod[], refused: string | undefined): Promise<number | undefined> {
    const now = this.#world.now()
    const waits = pods.map((pod) => availableIn(pod, set.spec.minReadySeconds ?? 0, now))
    const ready = pods.filter(isReady).length
    const available = waits.filter((wait) => wait === 0).length
    const labels = Object.entries(set.spec.template.metadata.labels ?? {})
    const labelled = pods.filter((pod) => labels.every(([k, v]) => pod.metadata.labels?.[k] === v)).length
    const conditions = this.#conditions(set, refused)
    await this.#world.replicaSets.writeStatus(set, {
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

  #conditions(set: ReplicaSet, refused: string | undefined): Condition[] {
    const { conditions } = set.status
    if (refused === undefined) return withoutCondition(conditions, 'ReplicaFailure')
    const next = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: refused } as const
    const all = withCondition(conditions, next, this.#world.time())
    if (deepEqual(all, conditions)) return all
    // The conditions of ReplicaSets carry no time of update.
    return all.map(({ lastUpdateTime: _unused, ...condition }) => condition)
  }
}
