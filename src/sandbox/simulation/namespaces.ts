// The controller of namespaces: gives new ones their service account, and empties those that are deleted.
import { ApiError, isReason } from '../../core/machinery/status.ts'
import type { KubeObject, ResourceRef } from '../../core/machinery/object.ts'
import type { Namespace } from '../types/core.ts'
import { keyOf, splitKey } from './queue.ts'
import type { World } from './world.ts'

const NAMESPACES = { group: '', version: 'v1', plural: 'namespaces' }
const ACCOUNTS = { group: '', version: 'v1', plural: 'serviceaccounts' }
/** Namespaces that every cluster has. */
const INITIAL = ['default', 'kube-system', 'kube-public']
/** Objects with finalizers leave in their own time; a namespace that waits for them looks again after this many milliseconds. */
const LOOK_AGAIN = 200

/** Whether an error says that there is nothing (any more) to do. */
const isGone = (error: unknown): boolean => error instanceof ApiError && (error.code === 404 || error.code === 409)

/** Runs namespaces. */
export class Namespaces {
  readonly #world: World

  constructor(world: World) {
    this.#world = world
    const queue = world.queue('namespaces', (key) => this.#reconcile(splitKey(key)[1]))
    world.namespaces.reflector.on(({ object, old, type }) => {
      const same = old && old.metadata.deletionTimestamp === object.metadata.deletionTimestamp
      if (type !== 'deleted' && !same) queue.add(keyOf(object))
    })
  }

  /** Creates the namespaces that every cluster has. */
  async bootstrap(): Promise<void> {
    for (const name of INITIAL) await this.#ensure({ resource: NAMESPACES }, { metadata: { name } })
  }

  async #ensure(target: { resource: ResourceRef; namespace?: string }, object: KubeObject): Promise<void> {
    const { client, signal } = this.#world
    try {
      await client.create(target, object, { signal })
    } catch (error) {
      if (!isReason(error, 'AlreadyExists')) throw error
    }
  }

  async #reconcile(name: string): Promise<number | undefined> {
    const namespace = this.#world.namespaces.get('', name)
    if (!namespace) return undefined
    if (namespace.metadata.deletionTimestamp) return this.#empty(namespace)
    await this.#ensure({ resource: ACCOUNTS, namespace: name }, { metadata: { name: 'default' } })
    return undefined
  }

  async #empty(namespace: Namespace): Promise<number | undefined> {
    const name = namespace.metadata.name ?? ''
    let left = 0
    for (const resource of this.#world.resources) left += await this.#clear(resource, name)
    if (left > 0) return LOOK_AGAIN
    const { client, signal } = this.#world
    try {
      const released = { ...namespace, spec: { ...namespace.spec, finalizers: [] } }
      await client.update({ resource: NAMESPACES, name, subresource: 'finalize' }, released, { signal })
    } catch (error) {
      if (!isReason(error, 'NotFound')) throw error
    }
    return undefined
  }

  /** Deletes all objects of a resource; how many are still there. */
  async #clear(resource: ResourceRef, namespace: string): Promise<number> {
    const { client, signal } = this.#world
    const target = { resource, namespace }
    const { items } = await client.list(target, { signal })
    for (const { metadata } of items) {
      if (metadata.deletionTimestamp && !metadata.deletionGracePeriodSeconds) continue
      const how = { gracePeriodSeconds: 0, propagationPolicy: 'Background', signal } as const
      await client.delete({ ...target, name: metadata.name ?? '' }, how).catch((error: unknown) => {
        if (!isGone(error)) throw error
      })
    }
    if (items.length === 0) return 0
    return (await client.list(target, { limit: 1, signal })).items.length
  }
}
