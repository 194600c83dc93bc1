// What IMAGE of `set image` means: a pull spec, or a tag or an image of a stream.
import type { ImageStreamTag } from '../../core/image/types.ts'
import { pullSpec } from '../../core/oci/forms.ts'
import { CommandError } from '../failure.ts'
import type { Session } from '../session.ts'
import { parseSpecOr } from '../stream/reference.ts'
import { IMAGE_STREAM_IMAGES, IMAGE_STREAM_TAGS } from '../stream/refs.ts'

const TAG = { resource: IMAGE_STREAM_TAGS, words: 'image stream tag' }
const IMAGE = { resource: IMAGE_STREAM_IMAGES, words: 'image stream image' }
const SOURCES = new Map([
  ['istag', TAG],
  ['imagestreamtag', TAG],
  ['isimage', IMAGE],
  ['imagestreamimage', IMAGE],
])

/** The pull spec of an image; `source` is --source as typed. Throws CommandError. */
export async function resolveImage(session: Session, source: string, text: string): Promise<string> {
  if (source === 'docker') return text
  const from = SOURCES.get(source)
  const unknown = new CommandError(`unable to resolve ${source} "${text}"`)
  if (!from) throw unknown
  const parts = text.split('/')
  const [namespace, name] = parts.length === 2 ? [parts[0] || session.namespace, parts[1]!] : [session.namespace, text]
  const { image } = await read(session, from, namespace, parts.length > 2 ? '' : name)
  if (!image.dockerImageReference) throw unknown
  return pullSpec(parseSpecOr(image.dockerImageReference, (problem) => new CommandError(problem)))
}

async function read(session: Session, { resource, words }: typeof TAG, namespace: string, name: string) {
  try {
    // Both kinds have the image in the same place.
    return await session.client.get<ImageStreamTag>({ resource, namespace, name })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new CommandError(`failed to get ${words} "${name}": ${why}`, { cause: error })
  }
}
