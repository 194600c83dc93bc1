// What the pretended node makes of a pod: everything runs at once, except what could not run anywhere.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { tryParseReference } from '../../core/oci/reference.ts'
import { NODE_IP } from '../node.ts'
import type { Container } from '../types/container.ts'
import type { Pod } from '../types/pod.ts'
import type { ContainerState, ContainerStatus, PodCondition, PodStatus } from '../types/podStatus.ts'

/** Whether a pod waits for nothing more from us. */
export const isFinished = ({ status }: Pod): boolean => status.phase === 'Succeeded' || status.phase === 'Failed'

/** A pod that counts: not finished, not going away. */
export const isActive = (pod: Pod): boolean => !isFinished(pod) && !pod.metadata.deletionTimestamp

const readyCondition = ({ status }: Pod): PodCondition | undefined =>
  status.conditions?.find(({ type }) => type === 'Ready')

export const isReady = (pod: Pod): boolean => readyCondition(pod)?.status === 'True'

/** Milliseconds until the pod has been ready for `minReadySeconds`; undefined when it is not ready. 0: it is available. */
export function availableIn(pod: Pod, minReadySeconds: number, now: Date): number | undefined {
  const condition = readyCondition(pod)
  if (condition?.status !== 'True') return undefined
  if (minReadySeconds === 0) return 0
  const since = Date.parse(condition.lastTransitionTime ?? '')
  return Math.max(0, since + minReadySeconds * 1000 - now.getTime())
}

const isPinned = (image: string): boolean => image.includes('@')

/** What the kubelet says of an image that no registry could have. */
const invalidName = (image: string): ContainerState => ({
  waiting: {
    reason: 'InvalidImageName',
    message: `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`,
  },
})

const isBad = ({ image = '' }: Container): boolean => tryParseReference(image) === undefined

function statusOf(
  pod: Pod,
  container: Container,
  state: ContainerState,
  old: ContainerStatus | undefined,
): ContainerStatus {
  const { name, image = '' } = container
  const running = state.running !== undefined
  const restarted = old !== undefined && old.image !== image && old.containerID !== undefined
  return {
    name,
    state,
    lastState: {},
    ready: running || state.terminated !== undefined,
    restartCount: (old?.restartCount ?? 0) + Number(restarted),
    image,
    imageID: isPinned(image) ? image : '',
    ...(!state.waiting && { containerID: `sandbox://${pod.metadata.uid ?? ''}/${name}` }),
    started: running,
  }
}

function condition(type: string, holds: boolean, time: string, reason?: string): PodCondition {
  return {
    type,
    status: holds ? 'True' : 'False',
    lastProbeTime: null,
    lastTransitionTime: time,
    ...(reason && { reason }),
  }
}

/** Keeps the times of conditions that stay as they are. */
const settled = (next: PodCondition[], old: readonly PodCondition[] = []): PodCondition[] => [
  ...next.map((c) => old.find((o) => o.type === c.type && o.status === c.status && o.reason === c.reason) ?? c),
  ...old.filter((o) => !next.some((c) => c.type === o.type)),
]

/** Containers whose pod does not restart always run to their end at once. */
function stateOf(
  container: Container,
  { ends, stuck, time }: { ends: boolean; stuck: boolean; time: string },
): ContainerState {
  if (stuck) return { waiting: { reason: 'PodInitializing' } }
  if (isBad(container)) return invalidName(container.image ?? '')
  const end = { exitCode: 0, reason: 'Completed', startedAt: time, finishedAt: time }
  return ends ? { terminated: end } : { running: { startedAt: time } }
}

/** The status of a pod on the sandbox's node. `address` is used when it has none yet. */
export function podStatusOf(pod: Pod, time: string, address: string): PodStatus {
  const { spec, status } = pod
  const ends = spec.restartPolicy !== 'Always'
  const initial = spec.initContainers ?? []
  const blocked = initial.findIndex(isBad)
  const keep = (
    list: readonly ContainerStatus[] | undefined,
    container: Container,
    state: ContainerState,
  ): ContainerStatus => {
    const old = list?.find(({ name }) => name === container.name)
    const next = statusOf(pod, container, state, old)
    const same = old && old.image === next.image && deepEqual(Object.keys(old.state), Object.keys(state))
    return same ? old : next
  }
  const initStatuses = initial.map((container, i) => {
    const sidecar = container.restartPolicy === 'Always'
    const state = stateOf(container, { ends: !sidecar || ends, stuck: blocked >= 0 && i > blocked, time })
    return keep(status.initContainerStatuses, container, state)
  })
  const statuses = spec.containers.map((container) =>
    keep(status.containerStatuses, container, stateOf(container, { ends, stuck: blocked >= 0, time })),
  )
  const waits = [...initStatuses, ...statuses].some(({ state }) => state.waiting)
  const done = ends && !waits
  const reason = done ? 'PodCompleted' : waits ? 'ContainersNotReady' : undefined
  const ready = !waits && !done
  const gated = (spec.readinessGates ?? []).every(({ conditionType }) =>
    status.conditions?.some((c) => c.type === conditionType && c.status === 'True'),
  )
  const conditions = [
    condition('PodReadyToStartContainers', !done, time),
    condition(
      'Initialized',
      blocked < 0,
      time,
      blocked < 0 ? (done ? 'PodCompleted' : undefined) : 'ContainersNotInitialized',
    ),
    condition('Ready', ready && gated, time, reason ?? (gated ? undefined : 'ReadinessGatesNotReady')),
    condition('ContainersReady', ready, time, reason),
    condition('PodScheduled', true, time),
  ]
  const podIP = status.podIP ?? (spec.hostNetwork ? NODE_IP : address)
  return {
    phase: done ? 'Succeeded' : waits ? 'Pending' : 'Running',
    conditions: settled(conditions, status.conditions),
    hostIP: NODE_IP,
    hostIPs: [{ ip: NODE_IP }],
    podIP,
    podIPs: [{ ip: podIP }],
    startTime: status.startTime ?? time,
    ...(initStatuses.length > 0 && { initContainerStatuses: initStatuses }),
    containerStatuses: statuses.map((s) => (done ? Object.assign({}, s, { ready: false }) : s)),
    ...(status.qosClass && { qosClass: status.qosClass }),
  }
}
