// What `kubectl get pods` shows.
import type { Column } from '../../core/machinery/resource.ts'
import type { Pod } from '../types/pod.ts'
import type { ContainerState, ContainerStatus } from '../types/podStatus.ts'
import { ageColumn, nameColumn, NONE, text, wide } from './cell.ts'

function reasonOf({ waiting, terminated }: ContainerState): string {
  if (waiting) return waiting.reason ?? ''
  if (!terminated) return ''
  return terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
}

/** Containers that start before the others and stay, as they count among them. */
function sidecars({ spec, status }: Pod): { count: number; started: ContainerStatus[] } {
  const names = new Set((spec.initContainers ?? []).filter((c) => c.restartPolicy === 'Always').map((c) => c.name))
  const started = (status.initContainerStatuses ?? []).filter((s) => names.has(s.name) && s.started)
  return { count: names.size, started }
}

/** The column STATUS: the reason of whatever holds the pod up, else its phase. */
export function podStatus(pod: Pod): string {
  const { metadata, spec, status } = pod
  const { started } = sidecars(pod)
  let reason = status.reason || status.phase || ''
  const initial = status.initContainerStatuses ?? []
  const stuck = initial.findIndex((s) => s.state.terminated?.exitCode !== 0 && !started.includes(s))
  if (stuck >= 0) {
    const why = reasonOf(initial[stuck]!.state)
    const detail = why && why !== 'PodInitializing' ? why : `${stuck}/${spec.initContainers?.length ?? 0}`
    reason = `Init:${detail}`
  } else {
    const statuses = status.containerStatuses ?? []
    for (const { state } of statuses.toReversed()) reason = reasonOf(state) || reason
    const runs = statuses.some(({ ready, state }) => ready && state.running)
    if (reason === 'Completed' && runs) reason = isReady(status) ? 'Running' : 'NotReady'
  }
  return metadata.deletionTimestamp ? 'Terminating' : reason
}

const isReady = ({ conditions }: Pod['status']): boolean =>
  conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false

function readiness(pod: Pod): string {
  const { count, started } = sidecars(pod)
  const running = (pod.status.containerStatuses ?? []).filter((s) => s.state.running)
  const ready = [...running, ...started].filter((s) => s.ready).length
  return `${ready}/${pod.spec.containers.length + count}`
}

const restarts = (pod: Pod): string =>
  String(
    [...(pod.status.containerStatuses ?? []), ...sidecars(pod).started].reduce((sum, s) => sum + s.restartCount, 0),
  )

function gates({ spec, status }: Pod): string {
  if (!spec.readinessGates) return NONE
  const holds = spec.readinessGates.filter(({ conditionType }) =>
    status.conditions?.some((c) => c.type === conditionType && c.status === 'True'),
  )
  return `${holds.length}/${spec.readinessGates.length}`
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  text('Ready', 'Containers that are ready of all.', readiness),
  text('Status', 'The state of the pod in one word.', podStatus),
  text('Restarts', 'How often containers were started again.', restarts),
  ageColumn,
  ...wide<Pod>(
    text('IP', 'Address of the pod.', ({ status }) => status.podIP || NONE),
    text('Node', 'Node of the pod.', ({ spec }) => spec.nodeName || NONE),
    text('Nominated Node', 'Node that is being cleared for it.', ({ status }) => status.nominatedNodeName || NONE),
    text('Readiness Gates', 'Further conditions of being ready.', gates),
  ),
]
