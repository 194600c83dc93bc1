// Schemas of what every kind contains: TypeMeta, ObjectMeta, ListMeta.
import type * as meta from '../object.ts'
import { any, bool, field, int64, list, map, object, opt, pointer, str, time, unsafe, type TSchema } from '../schema.ts'

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** `kind` and `apiVersion`, to be spread into an object's properties. */
export const typeMeta = {
  kind: opt(str('What the object is, in CamelCase. The URL decides; clients cannot change it.')),
  apiVersion: opt(str('Group and version of the schema in which this object is written.')),
}

const ownerReference = object(
  `${META}.OwnerReference`,
  'Names an object in the same namespace, or a cluster-scoped one, that this object belongs to.',
  {
    apiVersion: str('Group and version of the owner.', { mandatory: true }),
    kind: str('Kind of the owner.', { mandatory: true }),
    name: str('Name of the owner.', { mandatory: true }),
    uid: str('UID of the owner.', { mandatory: true }),
    controller: pointer(bool('The owner is the controller that manages this object. At most one is.')),
    blockOwnerDeletion: pointer(bool('A foreground deletion of the owner waits until this object is gone.')),
  },
)

const managedFieldsEntry = object(`${META}.ManagedFieldsEntry`, 'Which fields one manager last set, and how.', {
  manager: opt(str('Name of the manager.')),
  operation: opt(str('Apply or Update.')),
  apiVersion: opt(str('Version of the object in which the field set is written.')),
  time: opt(time('When the set of fields last changed.')),
  fieldsType: opt(str('Format of the field set: FieldsV1.')),
  fieldsV1: opt(any('The field set: nested keys f:<name>, k:<keys of a list item>, v:<value>, i:<index>.')),
  subresource: opt(str('Subresource through which the fields were set.')),
})

/** ObjectMeta of meta/v1. */
export const objectMeta = unsafe<meta.ObjectMeta>(
  object(`${META}.ObjectMeta`, 'Metadata that every stored object has.', {
    name: opt(str('Unique among the objects of a kind in a namespace. Cannot be changed.')),
    generateName: opt(str('Prefix of a name that the server completes, where name is empty.')),
    namespace: opt(str('The namespace that the object lives in; empty for cluster-scoped objects. Cannot be changed.')),
    selfLink: opt(str('Deprecated; kept for old clients, never filled.')),
    uid: opt(str('Unique in time and space. Set by the server.')),
    resourceVersion: opt(
      str('Opaque version of the object; it changes with every write. Used for optimistic concurrency and watches.'),
    ),
    generation: opt(int64('Counts changes of the desired state. Set by the server.')),
    creationTimestamp: opt(time('When the server created the object.')),
    deletionTimestamp: opt(time('When the object was, or will be, deleted. Set by the server on a graceful deletion.')),
    deletionGracePeriodSeconds: pointer(int64('Seconds that the object may take to end.')),
    labels: opt(map(str(), 'Keys and values by which selectors find objects.')),
    annotations: opt(map(str(), 'Keys and values for tools; not selectable.')),
    ownerReferences: opt(
      list(ownerReference, 'Objects that this one depends on: when all are gone, it is collected.', {
        mergeKey: 'uid',
        listMapKeys: ['uid'],
        listType: 'map',
        patchStrategy: 'merge',
      }),
    ),
    finalizers: opt(
      list(
        str(),
        'While not empty, a deleted object stays until those named have done their work and removed themselves.',
        {
          patchStrategy: 'merge',
          listType: 'set',
        },
      ),
    ),
    managedFields: opt(
      list(managedFieldsEntry, 'Which manager set which fields; kept by the server.', { listType: 'atomic' }),
    ),
  }),
)

/** ListMeta of meta/v1. */
export const listMeta = unsafe<meta.ListMeta>(
  object(`${META}.ListMeta`, 'Metadata of a list.', {
    selfLink: opt(str('Deprecated; never filled.')),
    resourceVersion: opt(str('The version of the whole that this list shows: a watch can start from it.')),
    continue: opt(str('Where the next page starts; empty when this is the last.')),
    remainingItemCount: pointer(int64('How many items follow after this page, where the server knows.')),
  }),
)
/** The list type of a kind. `definition` is the OpenAPI name of the list. */
export function listOf<T extends TSchema>(definition: string, item: T) {
  const name = definition.slice(definition.lastIndexOf('.') + 1)
  return object(definition, `${name} is a list of objects.`, {
    ...typeMeta,
    metadata: field(listMeta, 'Version and paging of the list.'),
    items: list(item, 'The objects.', { mandatory: true }),
  })
}
