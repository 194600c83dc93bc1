// ConfigMaps, Secrets, ServiceAccounts, LimitRanges and Leases: data that is only kept.
import type { Resource } from '../../core/machinery/resource.ts'
import type { StoredFactory } from '../../core/machinery/stored.ts'
import { configMapColumns, datedColumns, leaseColumns, secretColumns, serviceAccountColumns } from '../columns/data.ts'
import { ConfigMap, Secret, ServiceAccount } from '../types/core.ts'
import { Lease } from '../types/event.ts'
import { LimitRange } from '../types/limitRange.ts'
import { validateConfigMap, validateSecret } from '../validation/data.ts'
import { validateLimitRange } from '../validation/limitRange.ts'
import { nonNegative } from '../validation/number.ts'
import { declare } from './declare.ts'

/** Texts become bytes, over those of the same key. */
function defaultSecret(secret: Secret): void {
  secret.type ||= 'Opaque'
  if (!secret.stringData) return
  secret.data ??= {}
  for (const [key, text] of Object.entries(secret.stringData)) {
    secret.data[key] = Buffer.from(text).toString('base64')
  }
  delete secret.stringData
}

/** Data kinds of the core group, and leases. */
export function coreResources(stored: StoredFactory): Resource[] {
  return [
    declare<ConfigMap>(stored, {
      group: '',
      kind: 'ConfigMap',
      plural: 'configmaps',
      shortNames: ['cm'],
      schema: ConfigMap,
      columns: configMapColumns,
      rules: { validate: validateConfigMap },
    }),
    declare<Secret>(stored, {
      group: '',
      kind: 'Secret',
      plural: 'secrets',
      schema: Secret,
      columns: secretColumns,
      rules: { defaults: defaultSecret, validate: validateSecret, fields: { type: ({ type }) => type ?? '' } },
    }),
    declare<ServiceAccount>(stored, {
      group: '',
      kind: 'ServiceAccount',
      plural: 'serviceaccounts',
      shortNames: ['sa'],
      schema: ServiceAccount,
      columns: serviceAccountColumns,
      rules: {},
    }),
    declare<LimitRange>(stored, {
      group: '',
      kind: 'LimitRange',
      plural: 'limitranges',
      shortNames: ['limits'],
      schema: LimitRange,
      columns: datedColumns,
      rules: { validate: validateLimitRange },
    }),
    declare<Lease>(stored, {
      group: 'coordination.k8s.io',
      kind: 'Lease',
      plural: 'leases',
      schema: Lease,
      columns: leaseColumns,
      rules: {
        // A lease is a lock: nobody may write it without saying which state was seen.
        unconditionalUpdate: false,
        createOnUpdate: true,
        validate: ({ spec }) => [
          ...nonNegative(spec.leaseDurationSeconds, 'spec.leaseDurationSeconds'),
          ...nonNegative(spec.leaseTransitions, 'spec.leaseTransitions'),
        ],
      },
    }),
  ]
}
