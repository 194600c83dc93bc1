// Azure Container Registry: its webhooks, and its events of Event Grid as CloudEvents.
// https://learn.microsoft.com/en-us/azure/container-registry/container-registry-webhook-reference
import { objectAt, textAt, type Message, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'

/** A ping has no target. */
const isPing = ({ body }: Message): boolean => textAt(body, 'action') === 'ping' && textAt(body, 'id') !== undefined

export const acr: Sender = {
  title: 'Azure Container Registry',
  marked: true,
  recognises: (message) =>
    (textAt(message.body, 'action') !== undefined && objectAt(message.body, 'target') !== undefined) || isPing(message),
  pushes({ body }) {
    const tag = textAt(body, 'target', 'tag')
    if (textAt(body, 'action') !== 'push' || tag === undefined) return []
    return [
      pushEvent({
        host: textAt(body, 'request', 'host'),
        repository: textAt(body, 'target', 'repository'),
        tags: [tag],
        digest: textAt(body, 'target', 'digest'),
      }),
    ]
  },
}
