// The controller of StatefulSets: pods with fixed names, replaced in order.
import type { StatefulSet } from '../types/statefulSet.ts'
import type { Pod, PodTemplateSpec } from '../types/pod.ts'
import { ensureRevision, revisionsOf, templateOf, trimHistory } from './history.ts'
import { createPod, deletePod } from './podFactory.ts'
import { availableIn, isReady } from './podState.ts'
import { planStateful, type Member } from './statefulPlan.ts'
import type { World } from './world.ts'

const REVISION_LABEL = 'controller-revision-hash'

const report = ({ metadata }: StatefulSet) => {
  const what = (verb: string, pod: string): string => `${verb} Pod ${pod} in StatefulSet ${metadata.name ?? ''}`
  return {
    component: 'statefulset-controller',
    created: (name: string): string => `${what('create', name)} successful`,
    deleted: (name: string): string => `${what('delete', name)} successful`,
    failed: (name: string, reason: string): string => `${what('create', name)} failed error: ${reason}`,
  }
}

const revisionOf = ({ metadata }: Pod): string => metadata.labels?.[REVISION_LABEL] ?? ''
const ordinalOf = (pod: Pod): number => Number(/-(\d+)$/.exec(pod.metadata.name ?? '')?.[1] ?? -1)

/** Claims of the StatefulSet become volumes of its pods. The sandbox makes no claims. */
function withClaims({ metadata, spec }: StatefulSet, template: PodTemplateSpec, ordinal: number): PodTemplateSpec {
  const claims = (spec.volumeClaimTemplates ?? []).map((claim) => {
    const name = claim.metadata.name ?? ''
    return { name, persistentVolumeClaim: { claimName: `${name}-${metadata.name ?? ''}-${ordinal}` } }
  })
  if (claims.length === 0) return template
  const others = (template.spec.volumes ?? []).filter(({ name }) => !claims.some((claim) => claim.name === name))
  return { ...template, spec: { ...template.spec, volumes: [...others, ...claims] } }
}

/** Runs StatefulSets. */
export class StatefulSets {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.control(world.statefulSets, [world.pods, world.revisions], (set) => this.#reconcile(set))
  }

  async #reconcile(set: StatefulSet): Promise<number | undefined> {
    if (set.metadata.deletionTimestamp) return undefined
    const { statefulSets, revisions } = this.#world
    const newest = await ensureRevision(this.#world, statefulSets, set, () => ({}))
    const update = newest.metadata.name ?? ''
    const known = set.status.currentRevision
    const current = known && revisions.get(set.metadata.namespace ?? '', known) ? known : update
    await this.#act(set, current, update)
    return this.#report(set, current, update)
  }

  #pods(set: StatefulSet): Pod[] {
    return this.#world.pods.controlled(set.metadata.uid ?? '')
  }

  async #act(set: StatefulSet, current: string, update: string): Promise<void> {
    const { spec, metadata } = set
    const pods = new Map(this.#pods(set).map((pod) => [ordinalOf(pod), pod]))
    const members = Array.from(pods, ([ordinal, pod]): Member => {
      return {
        ordinal,
        revision: revisionOf(pod),
        ready: isReady(pod),
        ending: pod.metadata.deletionTimestamp !== undefined,
      }
    })
    const actions = planStateful(members, {
      replicas: spec.replicas ?? 0,
      start: spec.ordinals?.start ?? 0,
      ordered: spec.podManagementPolicy !== 'Parallel',
      partition:
        spec.updateStrategy.type === 'OnDelete' ? undefined : (spec.updateStrategy.rollingUpdate?.partition ?? 0),
      current,
      update,
    })
    for (const action of actions) {
      if ('remove' in action) {
        const pod = pods.get(action.remove)!
        await deletePod(this.#world, this.#world.statefulSets, set, pod, report(set))
      } else {
        const name = `${metadata.name ?? ''}-${action.create}`
        const { refused } = await this.#create(set, name, action.create, action.revision)
        if (refused !== undefined) return
      }
    }
  }

  #create(set: StatefulSet, name: string, ordinal: number, revision: string): Promise<{ refused?: string }> {
    const stored = this.#world.revisions.get(set.metadata.namespace ?? '', revision)
    const template = (stored && templateOf(stored)) ?? set.spec.template
    const labels = {
      'apps.kubernetes.io/pod-index': String(ordinal),
      [REVISION_LABEL]: revision,
      'statefulset.kubernetes.io/pod-name': name,
    }
    const { statefulSets } = this.#world
    const owner = statefulSets.ownedBy(set)
    const naming = {
      ...template,
      spec: { ...template.spec, hostname: name, ...(set.spec.serviceName && { subdomain: set.spec.serviceName }) },
    }
    const request = { template: withClaims(set, naming, ordinal), owner, name, labels }
    return createPod(this.#world, statefulSets, set, request, report(set))
  }

  async #report(set: StatefulSet, current: string, update: string): Promise<number | undefined> {
    const { spec, metadata, status } = set
    const now = this.#world.now()
    const pods = this.#pods(set).filter((pod) => !pod.metadata.deletionTimestamp)
    const waits = pods.map((pod) => availableIn(pod, spec.minReadySeconds ?? 0, now))
    const count = (revision: string): number => pods.filter((pod) => revisionOf(pod) === revision).length
    const ready = pods.filter(isReady).length
    const updated = count(update)
    const rolling = spec.updateStrategy.type !== 'OnDelete'
    const done = rolling && updated === (spec.replicas ?? 0) && pods.length === updated && ready === updated
    const base = done ? update : current
    const old = count(base)
    await this.#world.statefulSets.writeStatus(set, {
      ...(metadata.generation && { observedGeneration: metadata.generation }),
      replicas: pods.length,
      ...(ready > 0 && { readyReplicas: ready }),
      ...(old > 0 && { currentReplicas: old }),
      ...(updated > 0 && { updatedReplicas: updated }),
      currentRevision: base,
      updateRevision: update,
      collisionCount: status.collisionCount ?? 0,
      availableReplicas: waits.filter((wait) => wait === 0).length,
    })
    const used = new Set([base, update, ...pods.map(revisionOf)])
    if (revisionsOf(this.#world, set).length > used.size) await trimHistory(this.#world, set, used)
    const pending = waits.filter((wait) => wait !== undefined && wait > 0) as number[]
    return pending.length > 0 ? Math.min(...pending) : undefined
  }
}
