import type { ImageStream } from '../../core/image/types.ts'
import { CommandError, UsageError } from '../failure.ts'
import type { Session } from '../session.ts'
import { onConflict } from '../stream/conflict.ts'
import { IMAGE_STREAMS } from '../stream/refs.ts'
import { tagBody } from './body.ts'
import { checkTag, parseDestination } from './destination.ts'
import { checkCombination, checkFlags, type RawTagFlags } from './flags.ts'
import { tagMessage } from './message.ts'
import { parseSource, pinSource, type Source } from './source.ts'
import { deleteTag, writeTag } from './write.ts'

/** `tag`: points tags at images, or deletes tags. */
export async function tag(session: Session, args: readonly string[], raw: RawTagFlags): Promise<void> {
  if (args.length === 0 && !raw.delete) {
    throw new UsageError('you must specify a source and at least one destination or one or more tags to delete')
  }
  const flags = checkFlags(raw)
  const { client, namespace } = session
  const source = raw.delete ? undefined : await sourceOf(session, args[0]!, raw)
  const destinations = args.slice(raw.delete ? 0 : 1).map((text) => parseDestination(text, namespace))
  if (destinations.length === 0) throw new CommandError('at least a destination is required')
  if (source) checkCombination(flags, source, destinations, namespace)
  for (const destination of destinations) {
    if (!source) {
      session.out(`${await onConflict(() => deleteTag(client, destination))}\n`)
      continue
    }
    checkTag(destination.tag)
    const body = tagBody(source, destination, flags, namespace)
    await onConflict(() => writeTag(client, destination, body))
    session.out(`${tagMessage(source, destination, flags, namespace)}\n`)
  }
}

async function sourceOf(session: Session, argument: string, flags: RawTagFlags): Promise<Source> {
  const source = parseSource(argument, flags.source, session.namespace)
  if (source.kind !== 'ImageStreamTag' || flags.alias) return source
  const { namespace, name } = source.reference
  const target = { resource: IMAGE_STREAMS, namespace: namespace || session.namespace, name }
  return pinSource(source, await session.client.get<ImageStream>(target), argument)
}
