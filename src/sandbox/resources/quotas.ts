// ResourceQuotas. Admission charges them, and the simulation counts.
import type { Resource, Rules } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { quotaColumns } from '../columns/data.ts'
import { ResourceQuota } from '../types/resourceQuota.ts'
import { validateQuotaStatus, validateResourceQuota } from '../validation/resourceQuota.ts'
import { declare } from './declare.ts'

const rules: Rules<ResourceQuota> = {
  prepareForCreate(object) {
    object.status = {}
  },
  prepareForUpdate(object, old) {
    object.status = old.status
  },
  validate: validateResourceQuota,
}

const status: Rules<ResourceQuota> = {
  prepareForUpdate(object, old) {
    object.spec = old.spec
  },
  validate: validateQuotaStatus,
}

/** resourcequotas, with status. */
export function quotaResources(stored: StoredFactory): Resource[] {
  return [
    declare<ResourceQuota>(stored, {
      group: '',
      kind: 'ResourceQuota',
      plural: 'resourcequotas',
      shortNames: ['quota'],
      schema: ResourceQuota,
      columns: quotaColumns,
      rules,
      status,
    }),
  ]
}
