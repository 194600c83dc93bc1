// Deployments, ReplicaSets, StatefulSets, DaemonSets and ControllerRevisions.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { invalid } from '../../core/machinery/fieldError.ts'
import { dns1123Label, forNames } from '../../core/machinery/meta/names.ts'
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { revisionColumns } from '../columns/data.ts'
import { daemonSetColumns, deploymentColumns, replicaSetColumns, statefulSetColumns } from '../columns/workload.ts'
import { defaultDaemonSet, defaultDeployment, defaultReplicaSet, defaultStatefulSet } from '../defaults/workload.ts'
import { Deployment, ReplicaSet } from '../types/deployment.ts'
import type { LabelSelector } from '../types/reference.ts'
import { ControllerRevision, DaemonSet, StatefulSet } from '../types/statefulSet.ts'
import {
  validateDaemonSet,
  validateDeployment,
  validateReplicaSet,
  validateStatefulSet,
} from '../validation/workload.ts'
import { declare, workloadRules } from './declare.ts'
import { scaleSubresource } from './scale.ts'

const all = { categories: ['all'] }

const scaling = {
  apiVersion: 'apps/v1',
  selector: ({ spec }: { spec: { selector: LabelSelector } }) => spec.selector,
}

/** The resources of apps/v1. */
export function appsResources(stored: StoredFactory): Resource[] {
  return [
    declare<Deployment>(stored, {
      group: 'apps',
      kind: 'Deployment',
      plural: 'deployments',
      shortNames: ['deploy'],
      ...all,
      schema: Deployment,
      columns: deploymentColumns,
      // The only kind whose generation counts annotations too.
      ...workloadRules<Deployment>({
        emptyStatus: {},
        annotationsCount: true,
        defaults: defaultDeployment,
        validate: validateDeployment,
      }),
      subresources: (endpoint) => [scaleSubresource(endpoint, scaling)],
    }),
    declare<ReplicaSet>(stored, {
      group: 'apps',
      kind: 'ReplicaSet',
      plural: 'replicasets',
      shortNames: ['rs'],
      ...all,
      schema: ReplicaSet,
      columns: replicaSetColumns,
      ...workloadRules<ReplicaSet>({
        emptyStatus: { replicas: 0 },
        defaults: defaultReplicaSet,
        validate: validateReplicaSet,
        fields: { 'status.replicas': ({ status }) => String(status.replicas) },
      }),
      subresources: (endpoint) => [scaleSubresource(endpoint, scaling)],
    }),
    declare<StatefulSet>(stored, {
      group: 'apps',
      kind: 'StatefulSet',
      plural: 'statefulsets',
      shortNames: ['sts'],
      ...all,
      schema: StatefulSet,
      columns: statefulSetColumns,
      ...workloadRules<StatefulSet>({
        emptyStatus: { replicas: 0, availableReplicas: 0 },
        defaults: defaultStatefulSet,
        validate: validateStatefulSet,
        validateName: forNames(dns1123Label),
      }),
      subresources: (endpoint) => [scaleSubresource(endpoint, scaling)],
    }),
    declare<DaemonSet>(stored, {
      group: 'apps',
      kind: 'DaemonSet',
      plural: 'daemonsets',
      shortNames: ['ds'],
      ...all,
      schema: DaemonSet,
      columns: daemonSetColumns,
      ...workloadRules<DaemonSet>({
        emptyStatus: { currentNumberScheduled: 0, numberMisscheduled: 0, desiredNumberScheduled: 0, numberReady: 0 },
        defaults: defaultDaemonSet,
        validate: validateDaemonSet,
      }),
    }),
    declare<ControllerRevision>(stored, {
      group: 'apps',
      kind: 'ControllerRevision',
      plural: 'controllerrevisions',
      schema: ControllerRevision,
      columns: revisionColumns,
      rules: {
        validate: (object, old) =>
          old && !deepEqual(object.data, old.data) ? [invalid('data', object.data, 'field is immutable')] : [],
      },
    }),
  ]
}
