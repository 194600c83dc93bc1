// The controller of ResourceQuotas: puts the spec in force, and counts the objects that quotas limit.
import type { KubeObject } from '../../core/machinery/object.ts'
import { Ledgers } from '../../core/quota/ledgers.ts'
import { countNames, isScoped, STREAMS } from '../../core/quota/quota.ts'
import type { Pod } from '../types/pod.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import { isFinished } from './podState.ts'
import { type KeyedQueue, keyOf } from './queue.ts'
import type { View } from './view.ts'
import type { World } from './world.ts'

/** How to count what quotas know under one name. */
interface Count {
  name: string
  view: View<KubeObject>
  counts: (object: KubeObject) => boolean
}

/** Runs quotas. */
export class Quotas {
  readonly #world: World
  readonly #queue: KeyedQueue
  readonly #ledgers = new Ledgers()
  readonly #counts: ReadonlyMap<string, Count>

  constructor(world: World) {
    this.#world = world
    this.#queue = world.control(world.quotas, [], (quota) => this.#reconcile(quota))
    const counts = world.counted.flatMap((view) =>
      countNames(view.resource).flatMap((name) => (name === STREAMS ? [] : { name, view, counts: countsAs(name) })),
    )
    this.#counts = new Map(counts.map((count) => [count.name, count]))
    world.quotas.reflector.on((change) => this.#ledgers.saw(change, this.#time()))
    for (const count of counts) this.#follow(count)
  }

  #time(): number {
    return this.#world.now().getTime()
  }

  /** Looks at the quotas of a namespace whenever their number may have to change. */
  #follow({ name, view, counts }: Count): void {
    view.reflector.on(({ type, object, old }) => {
      const before = old !== undefined && counts(old)
      const after = type !== 'deleted' && counts(object)
      if (before === after) return
      for (const quota of this.#world.quotas.reflector.list(object.metadata.namespace ?? '')) {
        if (quota.spec.hard?.[name] === undefined || isScoped(quota)) continue
        if (before) this.#ledgers.get(quota)?.freed(name)
        this.#queue.add(keyOf(quota))
      }
    })
  }

  async #reconcile(quota: ResourceQuota): Promise<number | undefined> {
    // Before all kinds are known, what is not there may just not have been listed.
    await this.#world.synced()
    const ledger = this.#ledgers.get(quota)
    if (!ledger) return undefined
    const { hard = {} } = quota.spec
    const look = ledger.look(quota, this.#count(quota), this.#time())
    const used = { ...quota.status.used, ...look.used }
    // What nobody counts here stays as others wrote it: `openshift.io/imagestreams` is the controller's of image streams.
    const kept = Object.fromEntries(Object.entries(used).filter(([name]) => hard[name] !== undefined))
    await this.#world.quotas.writeStatus(quota, {
      ...(quota.spec.hard && { hard }),
      ...(Object.keys(kept).length > 0 && { used: kept }),
    })
    ledger.done(look)
    return look.wait
  }

  /** What there is in the quota's namespace of everything that it limits and that is counted here. */
  #count(quota: ResourceQuota): Record<string, number> {
    const namespace = quota.metadata.namespace ?? ''
    const numbers = Object.keys(quota.spec.hard ?? {}).flatMap((name) => {
      const count = this.#counts.get(name)
      if (!count) return []
      const objects = isScoped(quota) ? [] : count.view.reflector.list(namespace)
      return [[name, objects.filter(count.counts).length]]
    })
    return Object.fromEntries(numbers) as Record<string, number>
  }
}

/** Of pods the old name counts only those that may still run. */
function countsAs(name: string): (object: KubeObject) => boolean {
  return name === 'pods' ? (pod) => !isFinished(pod as Pod) : () => true
}
