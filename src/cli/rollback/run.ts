import { specTag } from '../../core/image/access.ts'
import { parseTagName } from '../../core/image/names.ts'
import type { ImageStream } from '../../core/image/types.ts'
import { CommandError } from '../failure.ts'
import type { Session } from '../session.ts'
import { IMAGE_STREAMS } from '../stream/refs.ts'
import { tag } from '../tag/run.ts'
import { chooseEvent, type RollbackTarget } from './choose.ts'

/** `rollback`: tags an older image of a tag's own history again. */
export async function rollback(session: Session, argument: string, target: RollbackTarget): Promise<void> {
  const name = parseTagName(argument)
  if (!name) throw new CommandError(`"${argument}" must be of the form <stream_name>:<tag>`)
  const at = { resource: IMAGE_STREAMS, namespace: session.namespace, name: name.stream }
  const stream = await session.client.get<ImageStream>(at)
  const event = chooseEvent(stream, name.tag, target)
  await tag(session, [`${name.stream}@${event.image}`, argument], {
    source: 'isimage',
    delete: false,
    alias: false,
    reference: false,
    scheduled: false,
    insecure: false,
    // Where users of the tag pull from is not what is rolled back.
    referencePolicy: specTag(stream, name.tag)?.referencePolicy?.type === 'Local' ? 'local' : 'source',
    importMode: '',
  })
}
