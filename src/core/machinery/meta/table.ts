// Tables and bare metadata: the representations of meta.k8s.io in which kubectl and garbage collectors ask for objects.
// https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables
import type { KubeObject, ListMeta, ObjectList, ObjectMeta } from '../object.ts'
import type { Column } from '../resource.ts'

export type MetaVersion = 'v1' | 'v1beta1'

/** PartialObjectMetadata of meta.k8s.io: an object without spec and status. */
export interface PartialObjectMetadata {
  kind: 'PartialObjectMetadata'
  apiVersion: string
  metadata: ObjectMeta
}

/** PartialObjectMetadataList of meta.k8s.io. */
export interface PartialObjectMetadataList {
  kind: 'PartialObjectMetadataList'
  apiVersion: string
  metadata: ListMeta
  items: PartialObjectMetadata[]
}

/** Table of meta.k8s.io: rows of cells under columns. */
export interface Table {
  kind: 'Table'
  apiVersion: string
  metadata: ListMeta
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[] | null
  rows: { cells: (string | number | boolean | null)[]; object: unknown }[]
}

/** What a table carries beside its cells. */
export interface TableOptions {
  /** What each row carries beside its cells: nothing, its metadata, or the whole object. */
  includeObject: 'None' | 'Metadata' | 'Object'
  now: Date
  version: MetaVersion
  /** Version and paging of the list, or the version of the one object. */
  metadata?: ListMeta
  /** Leaves out the column definitions: all but the first event of a watch. */
  headless?: boolean
}

const apiVersion = (version: MetaVersion): string => `meta.k8s.io/${version}`

/** The metadata of an object, and nothing else of it. Shares it. */
export function partialMetadata(object: KubeObject, version: MetaVersion): PartialObjectMetadata {
  return { kind: 'PartialObjectMetadata', apiVersion: apiVersion(version), metadata: object.metadata }
}

/** The metadata of each object of a list. */
export function partialMetadataList(list: ObjectList, version: MetaVersion): PartialObjectMetadataList {
  return {
    kind: 'PartialObjectMetadataList',
    apiVersion: apiVersion(version),
    metadata: list.metadata,
    items: list.items.map((item) => partialMetadata(item, version)),
  }
}

/** Objects as rows. For `Object`, they have to carry kind and apiVersion. */
export function toTable<T extends KubeObject>(
  columns: readonly Column<T>[],
  objects: readonly T[],
  options: TableOptions,
): Table {
  const { version, now } = options
  return {
    kind: 'Table',
    apiVersion: apiVersion(version),
    metadata: options.metadata ?? {},
    columnDefinitions: options.headless ? null : columns.map(definition),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, now)),
      object: rowObject(object, options),
    })),
  }
}

function definition<T>({ name, type, format = '', description = '', priority = 0 }: Column<T>) {
  return { name, type, format, description, priority }
}

function rowObject(object: KubeObject, { includeObject, version }: TableOptions): unknown {
  if (includeObject === 'None') return null
  return includeObject === 'Object' ? object : partialMetadata(object, version)
}
