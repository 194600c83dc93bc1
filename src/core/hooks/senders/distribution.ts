// Notifications of distribution, the registry of Docker, and of registries that are made from it.
// https://distribution.github.io/distribution/about/notifications/
import { at, hostOfUrl, listAt, textAt, type Sender } from '../message.ts'
import { pushEvent, type PushEvent } from '../pushEvent.ts'

export const distribution: Sender = {
  title: 'distribution',
  marked: true,
  recognises: ({ body }) => Array.isArray(at(body, 'events')),
  pushes: ({ body }) => listAt(body, 'events').flatMap(pushOf),
}

/** Of one event. Layers, and manifests that are pushed by their digest, move no tag. */
function pushOf(event: unknown): PushEvent[] {
  const tag = textAt(event, 'target', 'tag')
  if (textAt(event, 'action') !== 'push' || tag === undefined) return []
  return [
    pushEvent({
      // By which it was asked; what its own name is, it does not know.
      host: textAt(event, 'request', 'host') ?? hostOfUrl(textAt(event, 'target', 'url')),
      repository: textAt(event, 'target', 'repository'),
      tags: [tag],
      digest: textAt(event, 'target', 'digest'),
    }),
  ]
}
