// The nodes of a control plane that has none: what the sandbox pretends of its pods is true of these, too. They run as soon as they
// exist, and are bound to no node, so that the API server lets them go at once.
import { silent } from '../../src/core/machinery/log.ts'
import { formatTime } from '../../src/core/machinery/object.ts'
import { isReason } from '../../src/core/machinery/status.ts'
import type { KubeClient } from '../../src/kube/client.ts'
import { Reflector } from '../../src/kube/reflector.ts'
import { podAddress } from '../../src/sandbox/node.ts'
import { podStatusOf } from '../../src/sandbox/simulation/podState.ts'
import type { Pod } from '../../src/sandbox/types/pod.ts'
import { eventually } from './eventually.ts'

const PODS = { group: '', version: 'v1', plural: 'pods' }
const NODES = { group: '', version: 'v1', plural: 'nodes' }
/** For the controller of DaemonSets, which makes a pod for each node. */
const NODE = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'node' },
  status: { conditions: [{ type: 'Ready', status: 'True', reason: 'Pretended' }] },
}

/** Pretends a node until it is told to stop. */
export async function startNode(client: KubeClient): Promise<{ stop(): Promise<void> }> {
  await client.create({ resource: NODES }, NODE)
  const end = new AbortController()
  const { signal } = end
  let addresses = 0
  const run = async (pod: Pod): Promise<void> => {
    const { namespace = '', name = '', uid } = pod.metadata
    const status = podStatusOf(pod, formatTime(new Date()), podAddress(addresses++))
    const target = { resource: PODS, namespace, name, subresource: 'status' }
    // A server that is away for a moment comes back.
    await eventually(async () => {
      if (signal.aborted) return
      await client.patch(target, 'merge', { metadata: { uid }, status }).catch((error: unknown) => {
        // It is gone before it ran, or another one has its name.
        if (!isReason(error, 'NotFound') && !isReason(error, 'Conflict')) throw error
      })
    })
  }
  const pods = new Reflector<Pod>({ client, resource: PODS, log: silent, signal })
  pods.on(({ type, object }) => {
    if (type !== 'deleted' && object.status.phase === 'Pending' && !object.status.podIP) void run(object)
  })
  const running = pods.run()
  return {
    async stop() {
      end.abort()
      await running
    },
  }
}
