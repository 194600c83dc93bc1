// imagestreams: stored, written on three paths.
import { streamColumns } from '../../core/image/columns/stream.ts'
import { defaultStream } from '../../core/image/defaults.ts'
import { ImageStream } from '../../core/image/types.ts'
import type { Resource, Subresource } from '../../core/machinery/resource.ts'
import { ifFound } from '../../core/machinery/status.ts'
import { Persisted } from '../persisted.ts'
import { GROUP, type ImageDeps, VERSION } from './deps.ts'
import type { StreamReader } from './stage.ts'
import { streamRules } from './streamRules.ts'
import { within } from './within.ts'

/** The endpoints of one request's resource: their errors name it. */
export interface StreamPaths {
  spec: Persisted<ImageStream>
  internal: Persisted<ImageStream>
  status: Persisted<ImageStream>
}

/** Gives the paths to streams for a request that came in for `plural`. */
export type Streams = (plural: string) => StreamPaths

/** Endpoints of streams on a store. */
export function openStreams({ store, config, limitRanges }: ImageDeps): Streams {
  const read: StreamReader = (context, { namespace, name }) => ifFound(spec.get(within(context, namespace), name))
  const rules = streamRules(config, read, limitRanges)
  const spec = new Persisted<ImageStream>({
    store,
    group: GROUP,
    version: VERSION,
    plural: 'imagestreams',
    kind: 'ImageStream',
    schema: ImageStream,
    rules: rules.spec,
    namespaced: true,
  })
  const internal = spec.with(rules.internal)
  const status = spec.with(rules.status)
  return (plural) => {
    const subject = { group: GROUP, plural }
    return { spec: spec.as(subject), internal: internal.as(subject), status: status.as(subject) }
  }
}

/** The resource. `more`: subresources beside `status`. */
export function streamResource(deps: ImageDeps, streams: Streams, more: readonly Subresource[]): Resource<ImageStream> {
  const { spec, status } = streams('imagestreams')
  const statusPath: Subresource<ImageStream> = {
    name: 'status',
    verbs: ['get', 'patch', 'update'],
    endpoint: {
      get: (context, name, options) => status.get(context, name, options),
      update: (context, name, transform) => status.update(context, name, transform),
    },
  }
  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageStream',
    plural: 'imagestreams',
    singular: 'imagestream',
    shortNames: ['is'],
    categories: ['all'],
    namespaced: true,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    schema: ImageStream,
    defaults: (stream) => defaultStream(stream, deps.config.importMode),
    columns: streamColumns,
    endpoint: spec,
    subresources: [...more, statusPath],
    stored: true,
  }
}
