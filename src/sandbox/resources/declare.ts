// Makes Resource records out of what differs between kinds.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Column, Resource, Rules, Subresource, Verb } from '../../core/machinery/resource.ts'
import type { TSchema } from '../../core/machinery/schema.ts'
import type { StoredEndpoint, StoredFactory } from '../../core/machinery/stored.ts'
import { FIELD_NUMBERS } from '../protobuf/numbers.ts'

export const VERBS: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
]

/** What a stored kind of the sandbox declares. */
export interface Declaration<T extends KubeObject> {
  group: string
  version?: string
  kind: string
  plural: string
  shortNames?: readonly string[]
  categories?: readonly string[]
  /** Default true. */
  namespaced?: boolean
  schema: TSchema
  rules: Rules<T>
  columns: readonly Column<T>[]
  /** Rules of the subresource status, where there is one. */
  status?: Rules<T>
  subresources?: (endpoint: StoredEndpoint<T>) => Subresource[]
}

/** A resource whose objects are stored by `stored`. */
export function declare<T extends KubeObject>(stored: StoredFactory, d: Declaration<T>): Resource<T> {
  const { version = 'v1', namespaced = true, schema, rules, group, kind, plural } = d
  const endpoint = stored<T>({ group, version, kind, plural, namespaced, schema, rules })
  const subresources = d.subresources?.(endpoint) ?? []
  if (d.status) subresources.unshift(statusOf(endpoint, d.status))
  return {
    group,
    version,
    kind,
    plural,
    singular: kind.toLowerCase(),
    ...(d.shortNames && { shortNames: d.shortNames }),
    ...(d.categories && { categories: d.categories }),
    namespaced,
    verbs: VERBS,
    schema,
    protobuf: FIELD_NUMBERS,
    ...(rules.defaults && { defaults: rules.defaults.bind(rules) }),
    columns: d.columns,
    endpoint,
    ...(subresources.length > 0 && { subresources }),
    stored: true,
  }
}

function statusOf<T extends KubeObject>(endpoint: StoredEndpoint<T>, rules: Rules<T>): Subresource<T> {
  const other = endpoint.with(rules)
  return {
    name: 'status',
    verbs: ['get', 'patch', 'update'],
    endpoint: {
      get: (context, name, options) => other.get(context, name, options),
      update: (context, name, transform) => other.update(context, name, transform),
    },
  }
}

interface Workload extends KubeObject {
  spec: object
  status: object
}

/**
 * Rules of kinds with spec and status: the status is nobody's but the status subresource's, and the generation counts
 * changes of the spec. `rules` is asked after that.
 */
export function workloadRules<T extends Workload>(
  rules: Rules<T> & { emptyStatus: T['status']; annotationsCount?: boolean },
): { rules: Rules<T>; status: Rules<T> } {
  const { emptyStatus, annotationsCount, ...rest } = rules
  return {
    rules: {
      ...rest,
      prepareForCreate(object, context) {
        object.status = structuredClone(emptyStatus)
        object.metadata.generation = 1
        return rest.prepareForCreate?.(object, context)
      },
      prepareForUpdate(object, old, context) {
        object.status = old.status
        const { annotations } = object.metadata
        const changed =
          !deepEqual(object.spec, old.spec) ||
          (annotationsCount && !deepEqual(annotations ?? {}, old.metadata.annotations ?? {}))
        if (changed) object.metadata.generation = (old.metadata.generation ?? 0) + 1
        return rest.prepareForUpdate?.(object, old, context)
      },
    },
    status: statusRules(rest),
  }
}

/** Rules of a status subresource: the spec stays as it is, and so do the labels. */
export function statusRules<T extends Workload>(rules: Rules<T>): Rules<T> {
  return {
    ...rules,
    validate: () => [],
    validateName: () => [],
    prepareForUpdate(object, old) {
      object.spec = old.spec
      if (old.metadata.labels) object.metadata.labels = old.metadata.labels
      else delete object.metadata.labels
    },
  }
}
