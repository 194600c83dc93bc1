// Where pods may run.
import { field, int32, int64, list, map, object, opt, pointer, str, type Static } from '../../core/machinery/schema.ts'
import { CORE, LabelSelector } from './reference.ts'

const NodeRequirement = object(`${CORE}.NodeSelectorRequirement`, 'One condition on a node.', {
  key: str('The label or field.', { mandatory: true }),
  operator: str('In, NotIn, Exists, DoesNotExist, Gt or Lt.', { mandatory: true }),
  values: opt(list(str(), 'Values to compare with.', { listType: 'atomic' })),
})

const NodeTerm = object(`${CORE}.NodeSelectorTerm`, 'Conditions that must all hold.', {
  matchExpressions: opt(list(NodeRequirement, 'Conditions on labels.', { listType: 'atomic' })),
  matchFields: opt(list(NodeRequirement, 'Conditions on fields.', { listType: 'atomic' })),
})

const NodeSelector = object(`${CORE}.NodeSelector`, 'Terms of which one must hold.', {
  nodeSelectorTerms: list(NodeTerm, 'The terms.', { mandatory: true, listType: 'atomic' }),
})

const PreferredTerm = object(`${CORE}.PreferredSchedulingTerm`, 'A preference with a weight.', {
  weight: int32('1 to 100.', { mandatory: true }),
  preference: field(NodeTerm, 'The preference.', { mandatory: true }),
})

const NodeAffinity = object(`${CORE}.NodeAffinity`, 'Rules for nodes.', {
  requiredDuringSchedulingIgnoredDuringExecution: pointer(NodeSelector),
  preferredDuringSchedulingIgnoredDuringExecution: opt(list(PreferredTerm, 'Preferences.', { listType: 'atomic' })),
})

const PodAffinityTerm = object(`${CORE}.PodAffinityTerm`, 'Pods to be near to, or away from.', {
  labelSelector: pointer(LabelSelector),
  namespaces: opt(list(str(), "Namespaces of those pods; the pod's own by default.", { listType: 'atomic' })),
  topologyKey: str('Label of nodes that says what near means.', { mandatory: true }),
  namespaceSelector: pointer(LabelSelector),
  matchLabelKeys: opt(list(str(), 'Labels of this pod that must match.', { listType: 'atomic' })),
  mismatchLabelKeys: opt(list(str(), 'Labels of this pod that must not match.', { listType: 'atomic' })),
})

const WeightedTerm = object(`${CORE}.WeightedPodAffinityTerm`, 'A preference with a weight.', {
  weight: int32('1 to 100.', { mandatory: true }),
  podAffinityTerm: field(PodAffinityTerm, 'The preference.', { mandatory: true }),
})

const podRules = {
  requiredDuringSchedulingIgnoredDuringExecution: opt(list(PodAffinityTerm, 'Conditions.', { listType: 'atomic' })),
  preferredDuringSchedulingIgnoredDuringExecution: opt(list(WeightedTerm, 'Preferences.', { listType: 'atomic' })),
}

export const Affinity = object(`${CORE}.Affinity`, 'Where a pod may or should run.', {
  nodeAffinity: pointer(NodeAffinity),
  podAffinity: pointer(object(`${CORE}.PodAffinity`, 'Pods to be near to.', podRules)),
  podAntiAffinity: pointer(object(`${CORE}.PodAntiAffinity`, 'Pods to be away from.', podRules)),
})
export type Affinity = Static<typeof Affinity>

export const Toleration = object(`${CORE}.Toleration`, 'A taint that a pod can live with.', {
  key: opt(str('Key of the taint; none means all.')),
  operator: opt(str('Exists or Equal.', { default: 'Equal' })),
  value: opt(str('Value of the taint.')),
  effect: opt(str('NoSchedule, PreferNoSchedule or NoExecute.')),
  tolerationSeconds: pointer(int64('Seconds that NoExecute is tolerated.')),
})
export type Toleration = Static<typeof Toleration>

export const TopologySpreadConstraint = object(`${CORE}.TopologySpreadConstraint`, 'How pods spread over nodes.', {
  maxSkew: int32('How uneven they may be.', { mandatory: true }),
  topologyKey: str('Label of nodes that makes the groups.', { mandatory: true }),
  whenUnsatisfiable: str('DoNotSchedule or ScheduleAnyway.', { mandatory: true }),
  labelSelector: pointer(LabelSelector),
  minDomains: pointer(int32('Least number of groups.')),
  nodeAffinityPolicy: pointer(str('Honor or Ignore.')),
  nodeTaintsPolicy: pointer(str('Honor or Ignore.')),
  matchLabelKeys: opt(list(str(), 'Labels of this pod that must match.', { listType: 'atomic' })),
})

export const nodeSelector = map(str(), 'Labels that the node must have.', { mapType: 'atomic' })
