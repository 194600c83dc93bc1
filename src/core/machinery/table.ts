// Tables: how `kubectl get` has its lines from the server; and objects reduced to their metadata.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
import type { KubeObject, ListMeta, ObjectList } from './object.ts'
import type { Column } from './resource.ts'

export interface TableOptions {
  /** What each row carries beside its cells. */
  includeObject: 'None' | 'Metadata' | 'Object'
  now: Date
  version: 'v1' | 'v1beta1'
  metadata: ListMeta
  /** Leaves out the columns: all but the first event of a watch. */
  headless?: boolean
}

/** A meta.k8s.io Table of these objects. */
export function toTable<T extends KubeObject>(
  columns: readonly Column<T>[],
  objects: readonly T[],
  options: TableOptions,
): object {
  const { includeObject, now, version, metadata, headless } = options
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${version}`,
    metadata,
    columnDefinitions: headless ? null : columns.map(definition),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: includeObject === 'None' ? null : includeObject === 'Object' ? object : partialMetadata(object, version),
    })),
  }
}

function definition<T>(column: Column<T>): object {
  const { name, type, format = '', description = '', priority = 0 } = column
  return { name, type, format, description, priority }
}

/** The object reduced to its metadata. */
export function partialMetadata(object: KubeObject, version: 'v1' | 'v1beta1'): object {
  return { kind: 'PartialObjectMetadata', apiVersion: `meta.k8s.io/${version}`, metadata: object.metadata }
}

/** A list reduced to the metadata of its items. */
export function partialMetadataList(list: ObjectList, version: 'v1' | 'v1beta1'): object {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: list.metadata,
    items: list.items.map((item) => partialMetadata(item, version)),
  }
}
