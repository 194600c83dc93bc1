// What `kubectl get` shows of the kinds that only hold data.
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Column } from '../../core/machinery/resource.ts'
import type { ClusterRoleBinding } from '../types/access.ts'
import type { ConfigMap, Namespace, Secret, ServiceAccount } from '../types/core.ts'
import type { Event, Lease } from '../types/event.ts'
import type { ResourceQuota } from '../types/resourceQuota.ts'
import type { ControllerRevision } from '../types/statefulSet.ts'
import { ageColumn, count, nameColumn, NONE, since, text, wide } from './cell.ts'

const size = (...maps: (object | undefined)[]): number =>
  maps.reduce((sum: number, map) => sum + Object.keys(map ?? {}).length, 0)

export const namespaceColumns: readonly Column<Namespace>[] = [
  nameColumn,
  text('Status', 'Active or Terminating.', ({ status }) => status.phase ?? ''),
  ageColumn,
]

export const configMapColumns: readonly Column<ConfigMap>[] = [
  nameColumn,
  count('Data', 'Number of keys.', ({ data, binaryData }) => size(data, binaryData)),
  ageColumn,
]

export const secretColumns: readonly Column<Secret>[] = [
  nameColumn,
  text('Type', 'What the keys mean.', ({ type }) => type ?? ''),
  count('Data', 'Number of keys.', ({ data }) => size(data)),
  ageColumn,
]

export const serviceAccountColumns: readonly Column<ServiceAccount>[] = [
  nameColumn,
  count('Secrets', 'Number of secrets.', ({ secrets }) => secrets?.length ?? 0),
  ageColumn,
]

export const leaseColumns: readonly Column<Lease>[] = [
  nameColumn,
  text('Holder', 'Who holds it.', ({ spec }) => spec.holderIdentity ?? ''),
  ageColumn,
]

export const revisionColumns: readonly Column<ControllerRevision>[] = [
  nameColumn,
  text('Controller', 'Workload that it belongs to.', ({ metadata }) => {
    const owner = metadata.ownerReferences?.find(({ controller }) => controller)
    if (!owner) return NONE
    const [group = ''] = owner.apiVersion.includes('/') ? owner.apiVersion.split('/') : []
    return `${owner.kind.toLowerCase()}${group && `.${group}`}/${owner.name}`
  }),
  count('Revision', 'Number of the revision.', ({ revision }) => revision),
  ageColumn,
]

const lastSeen = (event: Event, now: Date): string =>
  since(event.series?.lastObservedTime ?? event.lastTimestamp ?? event.firstTimestamp ?? event.eventTime, now)

const sourceOf = ({ source, reportingComponent, reportingInstance }: Event): string => {
  const component = source.component || reportingComponent
  const host = source.host || reportingInstance
  return host ? `${component}, ${host}` : component
}

export const eventColumns: readonly Column<Event>[] = [
  text('Last Seen', 'Time since the last one.', lastSeen),
  text('Type', 'Normal or Warning.', ({ type }) => type ?? ''),
  text('Reason', 'What happened, in one word.', ({ reason }) => reason ?? ''),
  text('Object', 'Whom it happened to.', ({ involvedObject: o }) =>
    o.name ? `${(o.kind ?? '').toLowerCase()}/${o.name}` : (o.kind ?? '').toLowerCase(),
  ),
  ...wide<Event>(
    text('Subobject', 'Which part of it.', ({ involvedObject }) => involvedObject.fieldPath ?? ''),
    text('Source', 'Who reports.', sourceOf),
  ),
  text('Message', 'What happened, in words.', ({ message }) => (message ?? '').trim()),
  ...wide<Event>(
    text('First Seen', 'Time since the first one.', (event, now) =>
      since(event.firstTimestamp ?? event.eventTime, now),
    ),
    count('Count', 'How often.', (event) => event.series?.count ?? (event.count || 1)),
    nameColumn,
  ),
]

const amounts =
  (wanted: (name: string) => boolean) =>
  ({ status: { hard = {}, used = {} } }: ResourceQuota) =>
    Object.keys(hard)
      .filter(wanted)
      .toSorted()
      .map((name) => `${name}: ${used[name] ?? '0'}/${hard[name]!}`)
      .join(', ')
const isLimit = (name: string): boolean => name.startsWith('limits.')

export const quotaColumns: readonly Column<ResourceQuota>[] = [
  nameColumn,
  text(
    'Request',
    'What there is, of how much there may be.',
    amounts((name) => !isLimit(name)),
  ),
  text('Limit', 'The same of the limits of containers.', amounts(isLimit)),
  ageColumn,
]

/** Kinds of which only name and time are shown. */
export const datedColumns: readonly Column<KubeObject>[] = [
  nameColumn,
  text('Created At', 'When it was created.', ({ metadata }) => metadata.creationTimestamp ?? ''),
]

const subjects =
  (kind: string) =>
  ({ subjects = [] }: ClusterRoleBinding): string =>
    subjects
      .filter((s) => s.kind === kind)
      .map((s) => (s.namespace ? `${s.namespace}/${s.name}` : s.name))
      .join(', ')

export const bindingColumns: readonly Column<ClusterRoleBinding>[] = [
  nameColumn,
  text('Role', 'The role.', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
  ageColumn,
  ...wide<ClusterRoleBinding>(
    text('Users', 'Users that have it.', subjects('User')),
    text('Groups', 'Groups that have it.', subjects('Group')),
    text('ServiceAccounts', 'Service accounts that have it.', subjects('ServiceAccount')),
  ),
]
