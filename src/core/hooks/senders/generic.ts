// The form for everything else, as a CI job would send it: {"repository": "host/name", "tag", "tags" or "digest"}, or a list of that.
// What else is there is not read: an "id" makes the bytes of a delivery, and so its signature, other ones.
import { isObject } from '../../machinery/json/jsonObject.ts'
import { at, listAt, textAt, type Sender } from '../message.ts'
import { HookError, pushEvent, type PushEvent } from '../pushEvent.ts'
import { splitHost } from '../splitHost.ts'

const itemsOf = (body: unknown): readonly unknown[] => (Array.isArray(body) ? body : [body])

export const generic: Sender = {
  title: 'the generic form',
  marked: false,
  recognises: ({ body }) => itemsOf(body).some((item) => textAt(item, 'repository') !== undefined),
  pushes: ({ body }) => itemsOf(body).map(pushOf),
}

function pushOf(item: unknown): PushEvent {
  const name = isObject(item) ? textAt(item, 'repository') : undefined
  if (name === undefined) throw new HookError('each item must be an object with a "repository": "HOST/NAME"')
  for (const key of ['tag', 'digest'])
    if (!['string', 'undefined'].includes(typeof at(item, key))) throw new HookError(`"${key}" must be a text`)
  const tags = at(item, 'tags')
  if (tags !== undefined && !Array.isArray(tags)) throw new HookError('"tags" must be a list of texts')
  const tag = textAt(item, 'tag')
  return pushEvent({
    ...splitHost(name),
    tags: [...(tag === undefined ? [] : [tag]), ...listAt(item, 'tags')],
    digest: textAt(item, 'digest'),
  })
}
