// What `create imagestream` and `create imagestreamtag` post.
import type { ImageStream, ImageStreamTag, ObjectReference } from '../../core/image/types.ts'
import { CommandError } from '../failure.ts'
import { referencePolicy } from '../stream/policy.ts'
import { nameString, parseSpecOr } from '../stream/reference.ts'
import { IMAGE_API } from '../stream/refs.ts'

/** A stream without tags. */
export function streamBody(name: string, local: boolean): ImageStream {
  return {
    kind: 'ImageStream',
    apiVersion: IMAGE_API,
    metadata: { name },
    spec: { lookupPolicy: { local } },
    status: { dockerImageRepository: '' },
  }
}

/** Flags of `create imagestreamtag`. */
export interface TagOptions {
  from: string
  fromImage: string
  /** Each "name=value". */
  annotations: readonly string[]
  scheduled: boolean
  insecure: boolean
  reference: boolean
  /** source, local or ''. */
  referencePolicy: string
}

/** A tag of a stream as oc writes it; what is left empty is the server's to fill in. Throws CommandError. */
export function streamTagBody(name: string, options: TagOptions): WithoutImage {
  const annotations = parseAnnotations(options.annotations)
  const from = sourceOf(options)
  const { referencePolicy: policy } = options
  return {
    kind: 'ImageStreamTag',
    apiVersion: IMAGE_API,
    metadata: { name, ...(annotations && { annotations }) },
    tag: {
      name: '',
      annotations: annotations ?? {},
      ...(from && { from }),
      ...(options.reference && { reference: true }),
      generation: null,
      importPolicy: { ...(options.insecure && { insecure: true }), ...(options.scheduled && { scheduled: true }) },
      referencePolicy: {
        type: policy && referencePolicy(policy, 'valid values for --reference-policy are: source, local'),
      },
    },
    generation: 0,
    lookupPolicy: { local: false },
    image: { metadata: {}, dockerImageMetadata: null },
  }
}

type WithoutImage = Omit<ImageStreamTag, 'image'> & { image: object }

function parseAnnotations(pairs: readonly string[]): Record<string, string> | undefined {
  if (pairs.length === 0) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1 && pair.endsWith('-')) throw new CommandError('annotations must be of the form name=value')
      if (at < 1) throw new CommandError(`annotations must be of the form key=value, but is "${pair}"`)
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

function sourceOf({ from, fromImage }: TagOptions): ObjectReference | undefined {
  if (from && fromImage) throw new CommandError('--from and --from-image may not be used together')
  if (fromImage) return { kind: 'DockerImage', name: fromImage }
  if (!from) return undefined
  // ":tag" is another tag of the same stream.
  if (from.startsWith(':')) return { kind: 'ImageStreamTag', name: from.slice(1) }
  const reference = parseSpecOr(from, (problem) => {
    return new CommandError(`Invalid --from, must be a valid image stream tag or image stream image: ${problem}`)
  })
  if (reference.registry) throw new CommandError('Invalid --from, registry may not be specified')
  const kind = reference.id ? 'ImageStreamImage' : 'ImageStreamTag'
  return { kind, name: nameString(reference), ...(reference.namespace && { namespace: reference.namespace }) }
}
