import { parseImageName, parseTagName } from '../../core/image/names.ts'
import type { Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { isReason } from '../../core/machinery/status.ts'
import { CommandError, UsageError } from '../failure.ts'
import { parseArguments } from '../resource/arguments.ts'
import { knownKind, type KnownKind } from '../resource/kinds.ts'
import { listObjects, readObject } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { describeImage } from './image.ts'
import { describeImageStream } from './stream.ts'

type Describer = (object: KubeObject, now: Date) => string

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  ImageStream: (object, now) => describeImageStream(object as ImageStream, now),
  ImageStreamTag: (object, now) => nested((object as ImageStreamTag).image, now),
  ImageStreamImage: (object, now) => nested((object as ImageStreamImage).image, now),
  ImageTag: (object, now) => nested((object as ImageTag).image, now),
  Image: (object, now) => describeImage(object, '', now),
}

function nested(image: Image | null, now: Date): string {
  if (!image) throw new CommandError('the tag has no image')
  return describeImage(image, image.metadata.name ?? '', now)
}

/** `describe`: without names, everything of a type. Several descriptions are two empty lines apart, as kubectl's. */
export async function describe(session: Session, args: readonly string[], selector: string): Promise<void> {
  if (args.length === 0) throw new UsageError('You must specify the type of resource to describe')
  const everything = args.length === 1 && !args[0]!.includes('/')
  const texts: string[] = []
  for (const { word, names } of parseArguments(args, everything || selector !== '')) {
    const kind = knownKind(word)
    const describer = kind && DESCRIBERS[kind.kind]
    if (!kind || !describer) {
      throw new CommandError(
        `"${word}" cannot be described here, only is, istag, isimage and image: use kubectl describe`,
      )
    }
    const objects: KubeObject[] = []
    for (const name of names) objects.push(...(await read(session, kind, name)))
    if (names.length === 0) objects.push(...(await listObjects(session, kind, selector)))
    for (const object of objects) texts.push(describer(object, session.now()))
  }
  session.out(texts.join('\n\n'))
}

/** The object of a name; of a stream, also those whose names begin like it, as kubectl describe does. */
async function read(session: Session, kind: KnownKind, name: string): Promise<KubeObject[]> {
  check(kind, name)
  try {
    return [await readObject(session, kind, name)]
  } catch (error) {
    if (kind.kind !== 'ImageStream' || !isReason(error, 'NotFound')) throw error
    const all = await listObjects(session, kind, '').catch(() => [])
    const matching = all.filter(({ metadata }) => metadata.name?.startsWith(name))
    if (matching.length === 0) throw error
    return matching
  }
}

function check({ kind }: KnownKind, name: string): void {
  if ((kind === 'ImageStreamTag' || kind === 'ImageTag') && !parseTagName(name)) {
    throw new CommandError(`${kind}s must be retrieved with <name>:<tag>, not "${name}"`)
  }
  if (kind === 'ImageStreamImage' && !parseImageName(name)) {
    throw new CommandError(`ImageStreamImages must be retrieved with <name>@<id>, not "${name}"`)
  }
}
