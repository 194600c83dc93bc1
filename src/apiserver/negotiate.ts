// What a client accepts: a format, and a representation of the object (itself, a Table, its metadata).
import { ApiError } from '../core/machinery/status.ts'

export type Representation = 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList'

/** The form of an answer, as the client asked for it. */
export interface Accepted {
  format: 'json' | 'yaml'
  as: Representation
  /** Version of meta.k8s.io that Table and PartialObjectMetadata are written in. */
  version: 'v1' | 'v1beta1'
}

const FORMATS: ReadonlyMap<string, Accepted['format']> = new Map([
  ['*/*', 'json'],
  ['application/*', 'json'],
  ['application/json', 'json'],
  ['application/yaml', 'yaml'],
])

/**
 * The first media range that can be served. `representations` are those that this resource has beside itself.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables Error: NotAcceptable (406).
 */
export function negotiate(accept: string | undefined, representations: readonly Representation[]): Accepted {
  for (const range of rank(accept || '*/*')) {
    const [type, ...rest] = range.split(';')
    const format = FORMATS.get(type!.trim().toLowerCase())
    if (!format) continue
    const parameters = Object.fromEntries(rest.map((p) => p.trim().split('=', 2) as [string, string]))
    if (!parameters.as) return { format, as: 'object', version: 'v1' }
    const as = representations.find((r) => r === parameters.as)
    const version = parameters.v === 'v1' || parameters.v === 'v1beta1' ? parameters.v : undefined
    if (as && version && parameters.g === 'meta.k8s.io') return { format, as, version }
  }
  throw notAcceptable()
}

/** Media ranges, the most wanted first; equal ones in the client's order. */
function rank(accept: string): string[] {
  const ranges = accept.slice(0, 4096).split(',')
  const quality = (range: string): number => Number(/;\s*q=([\d.]+)/.exec(range)?.[1] ?? 1)
  return ranges.filter((r) => quality(r) > 0).sort((a, b) => quality(b) - quality(a))
}

const notAcceptable = (): ApiError =>
  new ApiError(
    406,
    'NotAcceptable',
    'only the following media types are accepted: application/json, application/yaml',
    {},
  )
