// Stored objects that have lost the guards of their finalizers get them back: `millrace uninstall` takes them off, since nobody could do
// so once it is done. See docs/adr/0013-state-in-the-cluster.md.
import { exponential, pause, type Backoff } from '../../kube/backoff.ts'
import type { KubernetesStore } from '../../store/kubernetes.ts'

/** Answered by us, through the aggregator; anybody who is known may ask. */
const OURS = '/apis/image.openshift.io/v1'
/** Milliseconds. */
const BACKOFF = exponential({ base: 1_000, cap: 300_000 })

/**
 * Waits until the cluster asks us for image streams, and puts guards back. While it does not, because it is just being uninstalled or
 * never comes to it, they would keep namespaces for ever. Asks for nothing where no guard is missing.
 */
export async function restoreGuards(
  store: Pick<KubernetesStore, 'unguarded' | 'guard'>,
  raw: (path: string) => Promise<unknown>,
  signal: AbortSignal,
  backoff: Backoff = BACKOFF,
): Promise<void> {
  for (let attempt = 1; store.unguarded > 0 && !signal.aborted; attempt++) {
    const isAsked = await raw(OURS).then(
      () => true,
      () => false,
    )
    if (isAsked) return store.guard(signal)
    await pause(backoff(attempt), signal)
  }
}
