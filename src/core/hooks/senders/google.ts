// Artifact Registry and Container Registry of Google: messages of the topic `gcr`, pushed by Pub/Sub with or without its envelope.
// https://cloud.google.com/artifact-registry/docs/configure-notifications
import { objectAt, textAt, type Sender } from '../message.ts'
import { HookError, pushEvent } from '../pushEvent.ts'
import { splitReference } from '../splitHost.ts'

/** What the message says of itself where there is no envelope. */
const ACTIONS: ReadonlySet<string | undefined> = new Set(['INSERT', 'DELETE'])

export const google: Sender = {
  title: 'Google Artifact Registry',
  marked: true,
  recognises: ({ body }) =>
    (objectAt(body, 'message') !== undefined && textAt(body, 'subscription') !== undefined) ||
    ACTIONS.has(textAt(body, 'action')),
  pushes({ body }) {
    const notice = objectAt(body, 'message') ? parse(textAt(body, 'message', 'data')) : body
    const tag = textAt(notice, 'tag')
    // An upload without a tag is followed by another message when it gets one.
    if (textAt(notice, 'action') !== 'INSERT' || tag === undefined) return []
    const { host, repository, tag: name } = splitReference(tag)
    if (name === undefined) throw new HookError('its "tag" is not of the form HOST/REPOSITORY:TAG')
    return [
      pushEvent({ host, repository, tags: [name], digest: splitReference(textAt(notice, 'digest') ?? '').digest }),
    ]
  },
}

function parse(data = ''): unknown {
  try {
    return JSON.parse(Buffer.from(data, 'base64').toString('utf8')) as unknown
  } catch {
    throw new HookError('the data of the Pub/Sub message is no JSON in base64')
  }
}
