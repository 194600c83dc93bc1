// The garbage collector: what is owned goes when its last owner has gone.
// https://kubernetes.io/docs/concepts/architecture/garbage-collection/
import type { KubeObject, OwnerReference } from '../../core/machinery/object.ts'
import type { KeyedQueue } from './queue.ts'
import type { View } from './view.ts'
import type { World } from './world.ts'

const FOREGROUND = 'foregroundDeletion'
const ORPHAN = 'orphan'

/** Watches owners and what they own. */
export class Collector {
  readonly #world: World
  readonly #queue: KeyedQueue
  readonly #views: ReadonlyMap<string, View<KubeObject>>

  constructor(world: World) {
    this.#world = world
    this.#views = new Map(world.owned.map((view) => [view.kind, view]))
    this.#queue = world.queue('garbage-collector', (key) => this.#reconcile(key))
    for (const view of world.owned) {
      view.reflector.on(({ type, object }) => this.#onChange(view, type, object))
    }
  }

  #onChange(view: View<KubeObject>, type: 'added' | 'updated' | 'deleted', object: KubeObject): void {
    const { uid = '', deletionTimestamp, finalizers, ownerReferences } = object.metadata
    if (type === 'deleted') {
      for (const other of this.#world.owned) for (const one of other.dependents(uid)) this.#add(other, one)
    } else {
      if (ownerReferences && type === 'added') this.#add(view, object)
      if (deletionTimestamp && finalizers?.some((f) => f === FOREGROUND || f === ORPHAN)) this.#add(view, object)
    }
    // An owner that waits for its dependents counts again.
    if (type === 'deleted') {
      for (const owner of ownerReferences ?? []) {
        const found = this.#find(owner, object.metadata.namespace ?? '')
        if (found?.metadata.deletionTimestamp) this.#add(this.#views.get(owner.kind)!, found)
      }
    }
  }

  #add(view: View<KubeObject>, { metadata }: KubeObject): void {
    this.#queue.add(`${view.kind}/${metadata.namespace ?? ''}/${metadata.name ?? ''}`)
  }

  async #reconcile(key: string): Promise<void> {
    // Before all kinds are known, an owner that is not there may just not have been listed.
    await this.#world.synced()
    const [kind = '', namespace = '', name = ''] = key.split('/')
    const view = this.#views.get(kind)
    const object = view?.get(namespace, name)
    if (!view || !object) return
    const { deletionTimestamp, finalizers = [], ownerReferences } = object.metadata
    if (deletionTimestamp && finalizers.includes(ORPHAN)) return this.#orphan(view, object)
    if (deletionTimestamp && finalizers.includes(FOREGROUND)) return this.#deleteDependents(view, object)
    const isLost = ownerReferences?.length && ownerReferences.every((owner) => this.#isGone(owner, namespace))
    if (isLost && !deletionTimestamp) await view.delete(object, { propagationPolicy: 'Background' })
  }

  #find({ kind, name, uid }: OwnerReference, namespace: string): KubeObject | undefined {
    const found = this.#views.get(kind)?.get(namespace, name)
    return found?.metadata.uid === uid ? found : undefined
  }

  /** Owners of kinds that the sandbox does not watch are believed to be there. */
  #isGone(owner: OwnerReference, namespace: string): boolean {
    return this.#views.get(owner.kind)?.apiVersion === owner.apiVersion && !this.#find(owner, namespace)
  }

  #dependents({ metadata }: KubeObject): [View<KubeObject>, KubeObject][] {
    return this.#world.owned.flatMap((view) =>
      view.dependents(metadata.uid ?? '').map((one) => [view, one] as [View<KubeObject>, KubeObject]),
    )
  }

  async #orphan(view: View<KubeObject>, object: KubeObject): Promise<void> {
    for (const [other, one] of this.#dependents(object)) {
      const rest = one.metadata.ownerReferences?.filter(({ uid }) => uid !== object.metadata.uid) ?? []
      await disown(other, one, rest)
    }
    await this.#release(view, object, ORPHAN)
  }

  /** Deletes what this object owns alone, and lets it go itself when nothing is left that has to go before it. */
  async #deleteDependents(view: View<KubeObject>, object: KubeObject): Promise<void> {
    let waits = false
    for (const [other, one] of this.#dependents(object)) {
      const { deletionTimestamp, ownerReferences = [], namespace = '' } = one.metadata
      const rest = ownerReferences.filter(({ uid }) => uid !== object.metadata.uid)
      if (rest.some((owner) => this.#stays(owner, namespace))) {
        // Another owner keeps it: only the reference to this one goes.
        await disown(other, one, rest)
        continue
      }
      if (!deletionTimestamp) await other.delete(one, { propagationPolicy: 'Foreground' })
      // In a circle each would wait for the other for ever.
      waits ||= !this.#isAncestor(one, object)
    }
    if (!waits) await this.#release(view, object, FOREGROUND)
  }

  #stays(owner: OwnerReference, namespace: string): boolean {
    const found = this.#find(owner, namespace)
    return found ? !found.metadata.deletionTimestamp : !this.#isGone(owner, namespace)
  }

  /** True when `object` is owned by `wanted`, directly or not, or is the same. */
  #isAncestor({ metadata: { uid: wanted } }: KubeObject, object: KubeObject): boolean {
    const seen = new Set<string>()
    const next: KubeObject[] = [object]
    for (let one = next.pop(); one; one = next.pop()) {
      const { uid = '', ownerReferences = [], namespace = '' } = one.metadata
      if (uid === wanted) return true
      if (seen.has(uid)) continue
      seen.add(uid)
      next.push(...ownerReferences.flatMap((owner) => this.#find(owner, namespace) ?? []))
    }
    return false
  }

  async #release(view: View<KubeObject>, object: KubeObject, finalizer: string): Promise<void> {
    const finalizers = (object.metadata.finalizers ?? []).filter((f) => f !== finalizer)
    await view.patch(object, { metadata: { finalizers: finalizers.length > 0 ? finalizers : null } })
  }
}

/** Leaves an object only these owners. */
async function disown(view: View<KubeObject>, object: KubeObject, ownerReferences: OwnerReference[]): Promise<void> {
  await view.patch(object, { metadata: { ownerReferences: ownerReferences.length > 0 ? ownerReferences : null } })
}
