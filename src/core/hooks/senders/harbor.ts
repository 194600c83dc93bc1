// Harbor, in its own format and as CloudEvents.
// https://goharbor.io/docs/latest/working-with-projects/project-configuration/configure-webhooks/
import { at, listAt, tagsOf, textAt, type Message, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'
import { splitReference } from '../splitHost.ts'

/** `pushImage` is what Harbor 1 says. */
const PUSHES: ReadonlySet<string | undefined> = new Set(['PUSH_ARTIFACT', 'pushImage', 'harbor.artifact.pushed'])

/** What a message is about, in both formats. */
function opened({ body, event }: Message): { type: string | undefined; data: unknown } {
  if (event) return { type: event.type, data: body }
  return { type: textAt(body, 'type'), data: at(body, 'event_data') }
}

export const harbor: Sender = {
  title: 'Harbor',
  marked: true,
  recognises: (message) =>
    message.event ? message.event.type.startsWith('harbor.') : opened(message).data !== undefined,
  pushes(message) {
    const { type, data } = opened(message)
    if (!PUSHES.has(type)) return []
    return listAt(data, 'resources').flatMap((resource) => {
      // What was pushed without a tag has its digest there.
      const tags = tagsOf(textAt(resource, 'tag'))
      if (tags.length === 0) return []
      const url = textAt(resource, 'resource_url')
      const { host, repository } =
        url === undefined ? { repository: textAt(data, 'repository', 'repo_full_name') } : splitReference(url)
      return [pushEvent({ host, repository, tags, digest: textAt(resource, 'digest') })]
    })
  },
}
