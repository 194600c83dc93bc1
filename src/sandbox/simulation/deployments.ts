// The controller of Deployments: rolls pods from the ReplicaSets of old templates over to that of the current one.
import { isReason } from '../../core/machinery/status.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import { hashOf, HASH_LABEL, sameTemplate } from './templateHash.ts'
import { deadline, deploymentStatus, isComplete } from './deploymentStatus.ts'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { desiredOf, newSetAnnotations, replicaAnnotations, REVISION, revisionOf } from './revision.ts'
import { boundsOf, growth, proportion, shrinkage, type Bounds, type Scale, type SetSize } from './rollout.ts'
import { controllerOf } from './view.ts'
import type { World } from './world.ts'

const COMPONENT = 'deployment-controller'

const byAge = (a: ReplicaSet, b: ReplicaSet): number =>
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  revisionOf(a) - revisionOf(b) ||
  (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '')

const sizeOf = ({ metadata, spec, status }: ReplicaSet): SetSize => ({
  name: metadata.name ?? '',
  wanted: spec.replicas ?? 0,
  available: status.availableReplicas ?? 0,
})

/** Runs Deployments. */
export class Deployments {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    const { deployments, replicaSets } = world
    world.control(deployments, [replicaSets], (deployment) => this.#reconcile(deployment))
  }

  async #reconcile(deployment: Deployment): Promise<number | undefined> {
    const { metadata, spec } = deployment
    const sets = this.#world.replicaSets
      .controlled(metadata.uid ?? '')
      .filter((set) => !set.metadata.deletionTimestamp)
      .toSorted(byAge)
    let next = sets.find((set) => sameTemplate(set.spec.template, spec.template))
    if (metadata.deletionTimestamp) return this.#finish(deployment, next, sets)
    const old = sets.filter((set) => set !== next)
    const bounds = boundsOf(spec.replicas ?? 0, spec.strategy)
    const changed = sets.some((set) => {
      const desired = desiredOf(set)
      return (set.spec.replicas ?? 0) > 0 && desired !== undefined && desired !== bounds.replicas
    })
    if (!spec.paused) {
      const before = next
      next = await this.#provide(deployment, next, old, bounds)
      if (!next) return this.#finish(deployment, next, sets)
      if (!before) return this.#finish(deployment, next, [...old, next], 'created')
    }
    const current = next ? [...old, next] : old
    const steps = changed || spec.paused ? rescale(next, old, bounds) : this.#steps(deployment, next!, old, bounds)
    for (const step of steps)
      await this.#scale(
        deployment,
        current.find((s) => s.metadata.name === step.name)!,
        step.to,
        bounds,
      )
    const fresh = current.map(
      (set) => this.#world.replicaSets.get(set.metadata.namespace ?? '', set.metadata.name ?? '') ?? set,
    )
    const newest = next && fresh.find((set) => set.metadata.uid === next.metadata.uid)
    return this.#finish(
      deployment,
      newest,
      fresh,
      sets.includes(next!) && !hasProgress(deployment) ? 'found' : undefined,
    )
  }

  #steps(deployment: Deployment, next: ReplicaSet, old: ReplicaSet[], bounds: Bounds): Scale[] {
    const size = sizeOf(next)
    const others = old.map(sizeOf)
    if (deployment.spec.strategy.type === 'Recreate') {
      const stop = others.filter(({ wanted }) => wanted > 0).map(({ name }) => ({ name, to: 0 }))
      if (stop.length > 0) return stop
      const waits = old.some((set) => this.#world.pods.controlled(set.metadata.uid ?? '').length > 0)
      return waits || size.wanted === bounds.replicas ? [] : [{ name: size.name, to: bounds.replicas }]
    }
    const to = growth(size, others, bounds)
    if (to !== size.wanted) return [{ name: size.name, to }]
    return shrinkage(size, others, bounds)
  }

  /** The ReplicaSet of the current template, made or brought up to date. Undefined: not yet. */
  async #provide(
    deployment: Deployment,
    next: ReplicaSet | undefined,
    old: ReplicaSet[],
    bounds: Bounds,
  ): Promise<ReplicaSet | undefined> {
    const { replicaSets } = this.#world
    const highest = Math.max(0, ...old.map(revisionOf))
    if (!next) return this.#create(deployment, old, highest + 1, bounds)
    const revision = Math.max(revisionOf(next), highest + 1)
    const current = next.metadata.annotations ?? {}
    const annotations = newSetAnnotations(deployment, current, revisionOf(next) > highest ? revisionOf(next) : revision)
    const minReadySeconds = deployment.spec.minReadySeconds ?? 0
    const same = deepEqual(annotations, current) && (next.spec.minReadySeconds ?? 0) === minReadySeconds
    return same ? next : replicaSets.patch(next, { metadata: { annotations }, spec: { minReadySeconds } })
  }

  async #create(
    deployment: Deployment,
    old: ReplicaSet[],
    revision: number,
    bounds: Bounds,
  ): Promise<ReplicaSet | undefined> {
    const { deployments, replicaSets } = this.#world
    const { metadata, spec, status } = deployment
    const hash = hashOf(spec.template, status.collisionCount ?? 0)
    const name = `${metadata.name ?? ''}-${hash}`
    const waits =
      spec.strategy.type === 'Recreate' && old.some((set) => set.status.replicas > 0 || (set.spec.replicas ?? 0) > 0)
    const replicas = waits ? 0 : growth({ name, wanted: 0, available: 0 }, old.map(sizeOf), bounds)
    const labels = { ...spec.template.metadata.labels, [HASH_LABEL]: hash }
    try {
      const set = await replicaSets.create(metadata.namespace ?? '', {
        metadata: {
          name,
          labels,
          annotations: {
            ...newSetAnnotations(deployment, {}, revision),
            ...replicaAnnotations(bounds.replicas, bounds.surge),
          },
          ownerReferences: [deployments.ownedBy(deployment)],
        },
        spec: {
          replicas,
          ...(spec.minReadySeconds && { minReadySeconds: spec.minReadySeconds }),
          selector: { ...spec.selector, matchLabels: { ...spec.selector.matchLabels, [HASH_LABEL]: hash } },
          template: { ...spec.template, metadata: { ...spec.template.metadata, labels } },
        },
      })
      if (replicas > 0) this.#report(deployment, 'up', name, 0, replicas)
      return set
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error
      return this.#collide(deployment, name)
    }
  }

  /** The name is taken: by a ReplicaSet that nobody controls, which is adopted, or by another one, which makes us look for another name. */
  async #collide(deployment: Deployment, name: string): Promise<ReplicaSet | undefined> {
    const { deployments, replicaSets } = this.#world
    const other = replicaSets.get(deployment.metadata.namespace ?? '', name)
    const owner = other && controllerOf(other)
    if (!other || owner?.uid === deployment.metadata.uid) return undefined
    if (!owner && sameTemplate(other.spec.template, deployment.spec.template)) {
      return replicaSets.patch(other, { metadata: { ownerReferences: [deployments.ownedBy(deployment)] } })
    }
    const collisionCount = (deployment.status.collisionCount ?? 0) + 1
    await deployments.writeStatus(deployment, { ...deployment.status, collisionCount })
    return undefined
  }

  async #scale(deployment: Deployment, set: ReplicaSet, to: number, { replicas, surge }: Bounds): Promise<void> {
    const from = set.spec.replicas ?? 0
    const annotations = replicaAnnotations(replicas, surge)
    await this.#world.replicaSets.patch(set, { metadata: { annotations }, spec: { replicas: to } })
    if (from !== to) this.#report(deployment, to > from ? 'up' : 'down', set.metadata.name ?? '', from, to)
  }

  #report(deployment: Deployment, way: 'up' | 'down', name: string, from: number, to: number): void {
    this.#world.event(this.#world.deployments, deployment, {
      component: COMPONENT,
      reason: 'ScalingReplicaSet',
      message: `Scaled ${way} replica set ${name} from ${from} to ${to}`,
    })
  }

  /** Writes the status and throws old ReplicaSets away. */
  async #finish(
    deployment: Deployment,
    next: ReplicaSet | undefined,
    sets: readonly ReplicaSet[],
    found?: 'created' | 'found',
  ): Promise<number | undefined> {
    const { deployments, now } = this.#world
    const time = this.#world.time()
    const status = deploymentStatus({ deployment, next, sets, now: now(), time, ...(found && { found }) })
    const { annotations } = deployment.metadata
    const revision = next ? revisionOf(next) : 0
    const numbered = revision > 0 ? { ...annotations, [REVISION]: String(revision) } : annotations
    await deployments.writeStatus(deployment, status, numbered)
    if (next && isComplete(deployment, status)) await this.#forget(deployment, next, sets)
    return deadline(deployment, status, now())
  }

  async #forget({ spec }: Deployment, next: ReplicaSet, sets: readonly ReplicaSet[]): Promise<void> {
    const idle = sets.filter(
      (set) => set.metadata.uid !== next.metadata.uid && set.spec.replicas === 0 && set.status.replicas === 0,
    )
    const surplus = idle.length - (spec.revisionHistoryLimit ?? idle.length)
    if (surplus <= 0) return
    const oldest = idle.toSorted((a, b) => revisionOf(a) - revisionOf(b)).slice(0, surplus)
    for (const set of oldest) await this.#world.replicaSets.delete(set, { propagationPolicy: 'Background' })
  }
}

const hasProgress = ({ status }: Deployment): boolean =>
  status.conditions?.some(({ type }) => type === 'Progressing') ?? false

/** The wanted number changed, or a paused Deployment: no rollout, only sizes. */
function rescale(next: ReplicaSet | undefined, old: readonly ReplicaSet[], bounds: Bounds): Scale[] {
  const all = [...(next ? [next] : []), ...old.toReversed()]
  const active = all.filter((set) => (set.spec.replicas ?? 0) > 0)
  const single = active.length === 1 ? active[0] : active.length === 0 ? all[0] : undefined
  // Even an unchanged size is written: the annotations must tell that this change was seen.
  if (single)
    return single.spec.replicas === bounds.replicas && desiredOf(single) === bounds.replicas
      ? []
      : [{ name: single.metadata.name ?? '', to: bounds.replicas }]
  if (next && next.spec.replicas === bounds.replicas && next.status.availableReplicas === bounds.replicas) {
    return active.filter((set) => set !== next).map(({ metadata }) => ({ name: metadata.name ?? '', to: 0 }))
  }
  const steps = new Map(proportion(active.map(sizeOf), bounds).map((step) => [step.name, step.to]))
  return active
    .filter((set) => steps.has(set.metadata.name ?? '') || desiredOf(set) !== bounds.replicas)
    .map(({ metadata, spec }) => ({
      name: metadata.name ?? '',
      to: steps.get(metadata.name ?? '') ?? spec.replicas ?? 0,
    }))
}
