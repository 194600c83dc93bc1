// Columns and cells that many kinds show.
import { ageOf } from '../../core/machinery/scalar/duration.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import type { Column } from '../../core/machinery/resource.ts'
import { formatSelector } from '../labels.ts'
import type { PodTemplateSpec } from '../types/pod.ts'
import type { LabelSelector } from '../types/reference.ts'

export const NONE = '<none>'

/** The time since `from`, as kubectl writes it: "5m12s"; "<unknown>" when there is none. */
export function since(from: string | null | undefined, now: Date): string {
  return ageOf(from ?? undefined, now)
}

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the object.',
  cell: ({ metadata }) => metadata.name ?? '',
}

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  cell: ({ metadata }, now) => since(metadata.creationTimestamp, now),
}

/** A column of texts. */
export const text = <T>(name: string, description: string, cell: (object: T, now: Date) => string): Column<T> => ({
  name,
  type: 'string',
  description,
  cell,
})

/** A column of whole numbers. */
export const count = <T>(name: string, description: string, cell: (object: T) => number): Column<T> => ({
  name,
  type: 'integer',
  description,
  cell,
})

/** Shown only by -o wide. */
export const wide = <T>(...columns: Column<T>[]): Column<T>[] =>
  columns.map((column) => Object.assign({}, column, { priority: 1 }))

/** A column of one kind for another one that can be seen as the first. */
export const adapt = <A, B>(column: Column<A>, view: (object: B) => A): Column<B> => ({
  ...column,
  cell: (object: B, now: Date) => column.cell(view(object), now),
})

interface Templated extends KubeObject {
  spec: { template: PodTemplateSpec; selector?: LabelSelector }
}

const containers = ({ spec }: Templated) => spec.template.spec.containers

/** CONTAINERS and IMAGES of a workload. */
export const containerColumns: Column<Templated>[] = wide(
  text('Containers', 'Names of the containers.', (object) =>
    containers(object)
      .map((c) => c.name)
      .join(','),
  ),
  text('Images', 'Images of the containers.', (object) =>
    containers(object)
      .map((c) => c.image ?? '')
      .join(','),
  ),
)

/** CONTAINERS, IMAGES and SELECTOR of a workload. */
export const templateColumns: Column<Templated>[] = [
  ...containerColumns,
  ...wide(text<Templated>('Selector', 'Selects the pods.', ({ spec }) => formatSelector(spec.selector))),
]
