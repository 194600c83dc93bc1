// The node agent of the sandbox: pods run as soon as they exist, and go as soon as they shall.
import { addressNumber, NODE, podAddress } from '../node.ts'
import type { Pod } from '../types/pod.ts'
import { keyOf, splitKey } from './queue.ts'
import { isFinished, podStatusOf } from './podState.ts'
import type { World } from './world.ts'

/** Runs pods. */
export class Kubelet {
  readonly #world: World
  #addresses = 0

  constructor(world: World) {
    this.#world = world
    const { pods } = world
    const queue = world.queue('kubelet', async (key) => {
      const pod = pods.get(...splitKey(key))
      if (pod && pod.spec.nodeName === NODE) await this.#reconcile(pod)
    })
    pods.reflector.on(({ type, object, old }) => {
      // Addresses given before a restart stay taken.
      this.#addresses = Math.max(this.#addresses, addressNumber(object.status.podIP) + 1)
      // Our own status writes change neither spec nor deletion mark, and need no second look.
      const same =
        old && old.spec === object.spec && old.metadata.deletionTimestamp === object.metadata.deletionTimestamp
      if (type !== 'deleted' && !same) queue.add(keyOf(object))
    })
  }

  async #reconcile(pod: Pod): Promise<void> {
    const { pods } = this.#world
    if (pod.metadata.deletionTimestamp) return this.#end(pod)
    if (isFinished(pod)) return
    const address = pod.status.podIP ?? podAddress(this.#addresses++)
    const status = podStatusOf(pod, this.#world.time(), address)
    const invalid = status.containerStatuses?.find(({ state }) => state.waiting?.reason === 'InvalidImageName')
    await pods.writeStatus(pod, status)
    if (!invalid || pod.status.containerStatuses) return
    const message = invalid.state.waiting?.message ?? ''
    this.#world.event(pods, pod, { component: 'kubelet', type: 'Warning', reason: 'InspectFailed', message })
  }

  /** There is nothing to stop. Finalizers may still hold the object; then the second look finds no grace period left. */
  async #end(pod: Pod): Promise<void> {
    if (pod.metadata.deletionGracePeriodSeconds === 0 && pod.metadata.finalizers?.length) return
    await this.#world.pods.delete(pod, { gracePeriodSeconds: 0 })
  }
}
