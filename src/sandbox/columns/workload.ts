// What `kubectl get` shows of workloads that run on.
import type { Column } from '../../core/machinery/resource.ts'
import { exactly } from '../labels.ts'
import type { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { ReplicationController } from '../types/replicationController.ts'
import type { Scale } from '../types/scale.ts'
import type { DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import { adapt, ageColumn, containerColumns, count, nameColumn, NONE, templateColumns, text } from './cell.ts'

export const deploymentColumns: readonly Column<Deployment>[] = [
  nameColumn,
  text(
    'Ready',
    'Ready pods of those wanted.',
    ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  ),
  count('Up-to-date', 'Pods of the current template.', ({ status }) => status.updatedReplicas ?? 0),
  count('Available', 'Pods that have been ready long enough.', ({ status }) => status.availableReplicas ?? 0),
  ageColumn,
  ...templateColumns,
]

/** Of the subresource scale. */
export const scaleColumns: readonly Column<Scale>[] = [
  nameColumn,
  count('Desired', 'Pods that are wanted.', ({ spec }) => spec.replicas ?? 0),
  count('Available', 'Pods that there are.', ({ status }) => status.replicas),
  ageColumn,
]

export const replicaSetColumns: readonly Column<ReplicaSet>[] = [
  nameColumn,
  count('Desired', 'Pods that are wanted.', ({ spec }) => spec.replicas ?? 0),
  count('Current', 'Pods that there are.', ({ status }) => status.replicas),
  count('Ready', 'Pods that are ready.', ({ status }) => status.readyReplicas ?? 0),
  ageColumn,
  ...templateColumns,
]

/** Those of ReplicaSets. */
export const replicationControllerColumns: readonly Column<ReplicationController>[] = replicaSetColumns.map((column) =>
  adapt(column, ({ spec, ...rest }) => ({ ...rest, spec: { ...spec, selector: exactly(spec.selector) } })),
)

export const statefulSetColumns: readonly Column<StatefulSet>[] = [
  nameColumn,
  text(
    'Ready',
    'Ready pods of those wanted.',
    ({ spec, status }) => `${status.readyReplicas ?? 0}/${spec.replicas ?? 0}`,
  ),
  ageColumn,
  ...containerColumns,
]

const nodeSelector = ({ spec }: DaemonSet): string =>
  Object.entries(spec.template.spec.nodeSelector ?? {})
    .map(([key, value]) => `${key}=${value}`)
    .toSorted()
    .join(',') || NONE

export const daemonSetColumns: readonly Column<DaemonSet>[] = [
  nameColumn,
  count('Desired', 'Nodes that should have a pod.', ({ status }) => status.desiredNumberScheduled),
  count('Current', 'Nodes that have a pod.', ({ status }) => status.currentNumberScheduled),
  count('Ready', 'Nodes with a pod that is ready.', ({ status }) => status.numberReady),
  count('Up-to-date', 'Nodes with a pod of the current template.', ({ status }) => status.updatedNumberScheduled ?? 0),
  count('Available', 'Nodes with a pod that is available.', ({ status }) => status.numberAvailable ?? 0),
  text('Node Selector', 'Selects the nodes.', nodeSelector),
  ageColumn,
  ...templateColumns,
]
