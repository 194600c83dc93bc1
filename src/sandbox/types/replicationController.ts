// ReplicationControllers: what there was before ReplicaSets.
import { int32, int64, list, map, object, opt, pointer, str, type Static } from '../../core/machinery/schema.ts'
import { PodTemplateSpec } from './pod.ts'
import { CORE } from './reference.ts'
import { byType, condition, kind } from './workload.ts'

const Spec = object(`${CORE}.ReplicationControllerSpec`, 'What a ReplicationController wants.', {
  replicas: pointer(int32('How many pods.', { default: 1 })),
  minReadySeconds: opt(int32('Seconds that a pod must be ready before it counts.')),
  selector: opt(map(str(), 'Selects the pods: labels with these values. Default: the labels of the template.')),
  template: pointer(PodTemplateSpec),
})

const Status = object(`${CORE}.ReplicationControllerStatus`, 'What a ReplicationController has.', {
  replicas: int32('All pods.', { mandatory: true }),
  fullyLabeledReplicas: opt(int32('Pods with all labels of the template.')),
  readyReplicas: opt(int32('Pods that are ready.')),
  availableReplicas: opt(int32('Pods that have been ready long enough.')),
  observedGeneration: opt(int64('Generation of the spec that this is about.')),
  conditions: opt(list(condition(`${CORE}.ReplicationControllerCondition`), 'Conditions.', byType)),
})

/** A ReplicationController: a number of equal pods. */
export const ReplicationController = kind(
  `${CORE}.ReplicationController`,
  'Keeps a number of equal pods running. New work is better done by a Deployment.',
  Spec,
  Status,
)

type Given = Static<typeof ReplicationController>
/** As it is stored: without a template it is refused. */
export type ReplicationController = Given & { spec: { template: PodTemplateSpec } }
