// The controller of DaemonSets: one pod, for the sandbox has one node, and that node has every label.
import { NODE } from '../node.ts'
import type { DaemonSet } from '../types/statefulSet.ts'
import type { Pod } from '../types/pod.ts'
import { ensureRevision, revisionsOf, trimHistory } from './history.ts'
import { createPod, deletePod } from './podFactory.ts'
import { availableIn, isFinished, isReady } from './podState.ts'
import type { World } from './world.ts'

const HASH_LABEL = 'controller-revision-hash'
const GENERATION_LABEL = 'pod-template-generation'
const REPORT = {
  component: 'daemonset-controller',
  created: (name: string): string => `Created pod: ${name}`,
  deleted: (name: string): string => `Deleted pod: ${name}`,
  failed: (_name: string, reason: string): string => `Error creating: ${reason}`,
}

/** Runs DaemonSets. */
export class DaemonSets {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    world.control(world.daemonSets, [world.pods, world.revisions], (set) => this.#reconcile(set))
  }

  async #reconcile(set: DaemonSet): Promise<number | undefined> {
    if (set.metadata.deletionTimestamp) return undefined
    const { daemonSets } = this.#world
    const revision = await ensureRevision(this.#world, daemonSets, set, (value) => ({ [HASH_LABEL]: value }))
    const hash = revision.metadata.labels?.[HASH_LABEL] ?? ''
    const all = this.#world.pods.controlled(set.metadata.uid ?? '')
    const [pod, ...surplus] = all.filter((p) => !p.metadata.deletionTimestamp)
    for (const extra of surplus) await deletePod(this.#world, daemonSets, set, extra, REPORT)
    const outdated = pod && pod.metadata.labels?.[HASH_LABEL] !== hash && set.spec.updateStrategy.type !== 'OnDelete'
    if (pod && (outdated || isFinished(pod))) await deletePod(this.#world, daemonSets, set, pod, REPORT)
    else if (!pod && all.length === 0) await this.#create(set, hash)
    return this.#report(set, hash)
  }

  async #create(set: DaemonSet, hash: string): Promise<void> {
    const { daemonSets } = this.#world
    const { template } = set.spec
    const request = {
      template: { ...template, spec: { ...template.spec, nodeName: NODE } },
      owner: daemonSets.ownedBy(set),
      prefix: `${set.metadata.name ?? ''}-`,
      labels: { [HASH_LABEL]: hash, [GENERATION_LABEL]: String(set.metadata.generation ?? 1) },
    }
    await createPod(this.#world, daemonSets, set, request, REPORT)
  }

  async #report(set: DaemonSet, hash: string): Promise<number | undefined> {
    const isPresent = (p: Pod): boolean => !p.metadata.deletionTimestamp
    const pod = this.#world.pods.controlled(set.metadata.uid ?? '').find(isPresent)
    const wait = pod && availableIn(pod, set.spec.minReadySeconds ?? 0, this.#world.now())
    const updated = pod?.metadata.labels?.[HASH_LABEL] === hash
    const available = wait === 0
    await this.#world.daemonSets.writeStatus(set, {
      currentNumberScheduled: pod ? 1 : 0,
      numberMisscheduled: 0,
      desiredNumberScheduled: 1,
      numberReady: pod && isReady(pod) ? 1 : 0,
      ...(set.metadata.generation && { observedGeneration: set.metadata.generation }),
      ...(updated && { updatedNumberScheduled: 1 }),
      ...(available ? { numberAvailable: 1 } : { numberUnavailable: 1 }),
    })
    const used = new Set([
      `${set.metadata.name ?? ''}-${hash}`,
      `${set.metadata.name ?? ''}-${pod?.metadata.labels?.[HASH_LABEL] ?? ''}`,
    ])
    if (revisionsOf(this.#world, set).length > used.size) await trimHistory(this.#world, set, used)
    return wait || undefined
  }
}
