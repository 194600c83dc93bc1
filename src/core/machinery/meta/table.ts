// Tables and bare metadata: the representations of meta.k8s.io in which kubectl and garbage collectors ask for objects. Of lists
// head and elements apart: nobody has the whole of a long one in memory.
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

/** PartialObjectMetadataList of meta.k8s.io, but for its items: PartialObjectMetadata. */
export interface PartialListHead {
  kind: 'PartialObjectMetadataList'
  apiVersion: string
  metadata: ListMeta
}

/** Table of meta.k8s.io, but for its rows. */
export interface TableHead {
  kind: 'Table'
  apiVersion: string
  metadata: ListMeta
  columnDefinitions: { name: string; type: string; format: string; description: string; priority: number }[] | null
}

/** A row of a Table. */
export interface TableRow {
  cells: (string | number | boolean | null)[]
  object: unknown
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

/** What stands before the metadata of the objects of a list. */
export function partialListHead(list: ObjectList, version: MetaVersion): PartialListHead {
  return { kind: 'PartialObjectMetadataList', apiVersion: apiVersion(version), metadata: list.metadata }
}

/** What stands before the rows of a table. */
export function tableHead<T extends KubeObject>(columns: readonly Column<T>[], options: TableOptions): TableHead {
  return {
    kind: 'Table',
    apiVersion: apiVersion(options.version),
    metadata: options.metadata ?? {},
    columnDefinitions: options.headless ? null : columns.map(definition),
  }
}

/** An object as a row. For `Object`, it has to carry kind and apiVersion. */
export function tableRow<T extends KubeObject>(
  columns: readonly Column<T>[],
  object: T,
  options: TableOptions,
): TableRow {
  return {
    cells: columns.map((column) => column.cell(object, options.now)),
    object: rowObject(object, options),
  }
}

function definition<T>({ name, type, format = '', description = '', priority = 0 }: Column<T>) {
  return { name, type, format, description, priority }
}

function rowObject(object: KubeObject, { includeObject, version }: TableOptions): unknown {
  if (includeObject === 'None') return null
  return includeObject === 'Object' ? object : partialMetadata(object, version)
}
