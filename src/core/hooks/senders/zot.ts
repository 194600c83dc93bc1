// zot: CloudEvents of its own types. https://zotregistry.dev/latest/articles/events/
import { hostOfUrl, tagsOf, textAt, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'

/** The end of a type: what stands before it can be configured. */
const TYPES = /\.(image\.(updated|deleted|lint_failed)|repository\.created)$/
const UPDATED = /\.image\.updated$/

export const zot: Sender = {
  title: 'zot',
  marked: true,
  recognises: ({ event, body }) => event !== undefined && TYPES.test(event.type) && textAt(body, 'name') !== undefined,
  pushes({ event, body }) {
    const tags = tagsOf(textAt(body, 'reference'))
    if (!UPDATED.test(event?.type ?? '') || tags.length === 0) return []
    // Its address, if somebody has configured that; else only the name of the program.
    const host = hostOfUrl(event?.source)
    return [pushEvent({ host, repository: textAt(body, 'name'), tags, digest: textAt(body, 'digest') })]
  },
}
