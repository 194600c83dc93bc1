// ReplicationControllers.
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { replicationControllerColumns } from '../columns/workload.ts'
import { defaultReplicationController } from '../defaults/workload.ts'
import { exactly } from '../labels.ts'
import { ReplicationController } from '../types/replicationController.ts'
import { validateReplicationController } from '../validation/workload.ts'
import { declare, workloadRules } from './declare.ts'
import { scaleSubresource } from './scale.ts'

/** replicationcontrollers, with status and scale. */
export function replicationControllerResources(stored: StoredFactory): Resource[] {
  return [
    declare<ReplicationController>(stored, {
      group: '',
      kind: 'ReplicationController',
      plural: 'replicationcontrollers',
      shortNames: ['rc'],
      categories: ['all'],
      schema: ReplicationController,
      columns: replicationControllerColumns,
      ...workloadRules<ReplicationController>({
        emptyStatus: { replicas: 0 },
        defaults: defaultReplicationController,
        validate: validateReplicationController,
        fields: { 'status.replicas': ({ status }) => String(status.replicas) },
      }),
      subresources: (endpoint) => [
        scaleSubresource(endpoint, { apiVersion: 'v1', selector: ({ spec }) => exactly(spec.selector) }),
      ],
    }),
  ]
}
