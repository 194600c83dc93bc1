import type { Image, ImageStream, ImageStreamImage, ImageStreamTag, ImageTag } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { type ApiError, isReason } from '../../core/machinery/status.ts'
import { CommandError, Failures, failureText, UsageError } from '../failure.ts'
import { parseArguments } from '../resource/arguments.ts'
import { knownKind, type KnownKind } from '../resource/kinds.ts'
import { listObjects, readEach, readObject } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { type Checks, NO_CHECKS, readChecks } from './checks.ts'
import { describeImage } from './image.ts'
import { describeImageStream } from './stream.ts'

type Describer = (object: KubeObject, now: Date, checks: Checks) => string

const DESCRIBERS: Readonly<Record<string, Describer>> = {
  ImageStream: (object, now, checks) => describeImageStream(object as ImageStream, now, checks),
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
  const refused: ApiError[] = []
  for (const { word, names } of parseArguments(args, everything || selector !== '')) {
    const kind = knownKind(word)
    const describer = kind && DESCRIBERS[kind.kind]
    if (!kind || !describer) {
      throw new CommandError(
        `"${word}" cannot be described here, only is, istag, isimage and image: use kubectl describe`,
      )
    }
    const show = async (objects: readonly KubeObject[]): Promise<string[]> => {
      const checks = kind.kind === 'ImageStream' ? await readChecks(session, objects as ImageStream[]) : NO_CHECKS
      return objects.map((object) => describer(object, session.now(), checks))
    }
    const objects = await readEach(names, refused, (name) => readObject(session, kind, name))
    const [only] = args.length === 2 ? names : []
    const alike = only && isReason(refused[0], 'NotFound') ? await beginningWith(session, kind, only) : []
    if (alike.length > 0) return session.out((await show(alike)).map((text) => `${text}\n`).join(''))
    if (names.length === 0) objects.push(...(await everythingOf(session, kind, selector)))
    texts.push(...(await show(objects)))
  }
  session.out(texts.join('\n\n'))
  if (refused.length > 0) throw new Failures(refused.map(failureText))
}

/** Objects whose names begin like this, as kubectl describe looks for when there is none of the name itself. */
async function beginningWith(session: Session, kind: KnownKind, name: string): Promise<KubeObject[]> {
  const all = await everythingOf(session, kind, '', name).catch(() => [])
  return all.filter(({ metadata }) => metadata.name?.startsWith(name))
}

/** Lists leave the images of tags out: those are read one by one. */
async function everythingOf(session: Session, kind: KnownKind, selector: string, prefix = ''): Promise<KubeObject[]> {
  const listed = await listObjects(session, kind, selector)
  if (kind.kind !== 'ImageStreamTag' && kind.kind !== 'ImageTag') return listed
  const names = listed.map(({ metadata }) => metadata.name ?? '').filter((name) => name.startsWith(prefix))
  const whole: KubeObject[] = []
  for (const name of names) whole.push(await readObject(session, kind, name))
  return whole
}
