// What `kubectl get pods` shows.
import type { Column } from '../../core/machinery/resource.ts'
import type { Pod } from '../types/pod.ts'
import type { ContainerState } from '../types/podStatus.ts'
import { ageColumn, nameColumn, NONE, text, wide } from './cell.ts'

function reasonOf({ waiting, terminated }: ContainerState): string {
  if (waiting) return waiting.reason ?? ''
  if (!terminated) return ''
  return terminated.reason || (terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`)
}

/** The column STATUS: the reason of whatever holds the pod up, else its phase. */
export function podStatus({ metadata, spec, status }: Pod): string {
  let reason = status.reason || status.phase || ''
  const initial = status.initContainerStatuses ?? []
  const stuck = initial.findIndex(({ state }) => state.terminated?.exitCode !== 0)
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

function readiness({ spec, status }: Pod): string {
  const ready = (status.containerStatuses ?? []).filter((s) => s.ready && s.state.running).length
  return `${ready}/${spec.containers.length}`
}

const restarts = ({ status }: Pod): string =>
  String((status.containerStatuses ?? []).reduce((sum, s) => sum + s.restartCount, 0))

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
