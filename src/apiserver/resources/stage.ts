// Runs the tag stage: fetches what it needs to know, then lets the core decide.
import { keyText, type StreamKey } from '../../core/image/tagSource.ts'
import { applyStage, stageNeeds } from '../../core/image/tagStage.ts'
import type { ImageStream } from '../../core/image/types.ts'
import type { FieldError } from '../../core/machinery/fieldError.ts'
import { formatTime } from '../../core/machinery/object.ts'
import type { AccessAnswer, Context } from '../../core/machinery/resource.ts'
import { GROUP } from './deps.ts'

/** Gets a stream, or undefined when there is none. */
export type StreamReader = (context: Context, key: StreamKey) => Promise<ImageStream | undefined>

/** What the tag stage looks at beside the stream. */
export interface StageEnvironment {
  context: Context
  read: StreamReader
  internalRegistry?: string | undefined
}

/** Changes `next` as the tag stage does. Answers its errors, those of `spec.tags`. */
export async function runStage(
  next: ImageStream,
  old: ImageStream | undefined,
  { context, read, internalRegistry }: StageEnvironment,
): Promise<FieldError[]> {
  const needs = stageNeeds(next, old)
  const access = new Map<string, AccessAnswer>()
  for (const key of needs.checks) access.set(keyText(key), await mayPull(context, key))
  const streams = new Map<string, ImageStream>()
  for (const key of needs.streams) {
    // What the user may not see is not even read: it cannot show in the answer, or in the time that it takes.
    if (access.get(keyText(key))?.allowed === false) continue
    const stream = await read(context, key)
    if (stream) streams.set(keyText(key), stream)
  }
  return applyStage(next, old, { streams, access, now: formatTime(context.now()), internalRegistry })
}

/** Whether the user may pull images of a stream: taking over its tags would give them away otherwise. */
function mayPull(context: Context, { namespace, name }: StreamKey): Promise<AccessAnswer> {
  return context.authorize({
    verb: 'get',
    group: GROUP,
    resource: 'imagestreams',
    subresource: 'layers',
    namespace,
    name,
  })
}
