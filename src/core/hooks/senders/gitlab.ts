// GitLab: its container registry sends the notifications of distribution, once the administrator has set that up. Webhooks of
// projects and groups tell nothing of images. https://docs.gitlab.com/administration/packages/container_registry/#configure-container-registry-notifications
import { textAt, type Sender } from '../message.ts'
import { HookError, quoted } from '../pushEvent.ts'
import { distribution } from './distribution.ts'

/** What a webhook of a project says that it is: `push`, `tag_push`, `pipeline`. */
const projectEvent = (body: unknown): string | undefined => textAt(body, 'object_kind') ?? textAt(body, 'event_name')

export const gitlab: Sender = {
  title: 'GitLab',
  marked: true,
  recognises: (message) => distribution.recognises(message) || projectEvent(message.body) !== undefined,
  pushes(message) {
    if (distribution.recognises(message)) return distribution.pushes(message)
    const kind = quoted(projectEvent(message.body) ?? '')
    throw new HookError(
      `it is a webhook of a GitLab project (${kind}), which tells nothing of images: let GitLab's container registry send its notifications`,
    )
  },
}
