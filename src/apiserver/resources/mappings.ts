// imagestreammappings: a registry tells that an image was pushed to a tag. Mappings are answered, never stored.
import { latestEvent } from '../../core/image/access.ts'
import { isSet, MANAGED } from '../../core/image/annotations.ts'
import { addEvent, isSameTarget } from '../../core/image/history.ts'
import { completeImage } from '../../core/image/imageContent.ts'
import { imageLimitProblem, type LimitRange } from '../../core/image/limits.ts'
import { ImageStreamMapping } from '../../core/image/types.ts'
import { pathSegmentProblems } from '../../core/image/validation/name.ts'
import { validateMapping } from '../../core/image/validation/mapping.ts'
import { clone } from '../../core/machinery/json/clone.ts'
import { validateMetadata } from '../../core/machinery/meta/metadata.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { Context, Resource } from '../../core/machinery/resource.ts'
import { conflict, forbidden, invalid, MODIFIED, success } from '../../core/machinery/status.ts'
import { mappingDefaults } from './clientDefaults.ts'
import { GROUP, type ImageConfig, type ImageDeps, VERSION } from './deps.ts'
import { type Images, storeOnce } from './images.ts'
import type { Streams } from './streams.ts'

const subject = { group: GROUP, plural: 'imagestreammappings' }

/** The resource: create only. */
export function mappingResource(
  streams: Streams,
  imagesFor: Images,
  { config, limitRanges }: Pick<ImageDeps, 'config' | 'limitRanges'>,
): Resource<ImageStreamMapping> {
  const { internal, status } = streams(subject.plural)
  const images = imagesFor(subject.plural)

  const create = async (context: Context, mapping: ImageStreamMapping) => {
    if (limitRanges) checkSize(mapping, context, await limitRanges(context.namespace))
    prepare(mapping, context, config)
    const { image, tag } = mapping
    const name = mapping.metadata.name!
    const stream = await internal.get(context, name)
    const known = !(await storeOnce(images, context, clone(image)))
    const digest = image.metadata.name ?? ''
    const managed = known && isSet(image.metadata.annotations, MANAGED)
    const repository = managed ? stream.status.dockerImageRepository || stream.spec.dockerImageRepository : ''
    const reference = repository ? `${repository}@${digest}` : (image.dockerImageReference ?? '')
    const before = latestEvent(stream, tag)
    await status.update(context, name, (current) => {
      const now = latestEvent(current, tag)
      // Another push to the tag was faster: that registry must decide which of the two is newer.
      if (before && now && !isSameTarget(before, now)) throw conflict(subject, name, MODIFIED)
      const created = formatTime(context.now())
      const generation = current.metadata.generation ?? 0
      addEvent(current, tag, { created, dockerImageReference: reference, image: digest, generation })
      return current
    })
    return { ...success(), code: 201 }
  }

  return {
    group: GROUP,
    version: VERSION,
    kind: 'ImageStreamMapping',
    plural: 'imagestreammappings',
    singular: 'imagestreammapping',
    namespaced: true,
    verbs: ['create'],
    schema: ImageStreamMapping,
    defaults: mappingDefaults,
    endpoint: { create },
  }
}

/** Refuses an image that is too large for the namespace. Error: Forbidden. */
function checkSize(mapping: ImageStreamMapping, context: Context, ranges: readonly LimitRange[]): void {
  if (ranges.length === 0) return
  const image = clone(mapping.image)
  completeImage(image, context.now())
  const size = image.dockerImageMetadata?.Size ?? 0
  const problem = imageLimitProblem(ranges, size)
  if (problem !== undefined) throw forbidden(subject, mapping.metadata.name ?? '', problem)
}

/** Fills what the registry may leave out, and validates. Error: Invalid. */
function prepare(mapping: ImageStreamMapping, context: Context, config: ImageConfig): void {
  const { image, metadata } = mapping
  metadata.namespace = context.namespace
  const { internalRegistryHostname: host } = config
  if (!image.dockerImageReference && host)
    image.dockerImageReference = `${host}/${context.namespace}/${metadata.name ?? ''}@${image.metadata.name ?? ''}`
  delete image.signatures
  const errors = [
    ...validateMetadata(metadata, { namespaced: true, validateName: pathSegmentProblems }),
    ...validateMapping(mapping),
  ]
  if (errors.length > 0) throw invalid(GROUP, 'ImageStreamMapping', metadata.name ?? '', errors)
}
