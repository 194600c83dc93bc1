// GitHub packages: the events `package` and `registry_package` of a repository or an organization.
// https://docs.github.com/en/webhooks/webhook-events-and-payloads#registry_package
import { textAt, objectAt, type Message, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'

const HOST = 'ghcr.io'
/** A tag of an image was made, or moved. */
const ACTIONS: ReadonlySet<string | undefined> = new Set(['published', 'updated'])

const packageOf = ({ body }: Message) => objectAt(body, 'package') ?? objectAt(body, 'registry_package')

export const github: Sender = {
  title: 'GitHub packages',
  marked: true,
  recognises: (message) => message.header('x-github-event') !== undefined || packageOf(message) !== undefined,
  pushes(message) {
    const found = packageOf(message)
    if (!found || !ACTIONS.has(textAt(message.body, 'action'))) return []
    const type = textAt(found, 'package_type') ?? textAt(found, 'ecosystem') ?? ''
    if (!['container', 'docker'].includes(type.toLowerCase())) return []
    const version = objectAt(found, 'package_version')
    // Parts of an image for several platforms come as versions without a tag of their own.
    const tag = textAt(version, 'container_metadata', 'tag', 'name')
    if (tag === undefined) return []
    const owner = textAt(found, 'namespace') ?? textAt(found, 'owner', 'login')
    const name = textAt(found, 'name')
    return [
      pushEvent({
        host: serverOf(textAt(version, 'package_url')) ?? HOST,
        // Accounts have capitals; names in the registry do not.
        repository: owner && name ? `${owner}/${name}`.toLowerCase() : undefined,
        tags: [tag],
        digest: textAt(version, 'container_metadata', 'tag', 'digest') ?? textAt(version, 'version'),
      }),
    ]
  },
}

/** Of a server of one's own: `containers.github.example.com/owner/name:tag`. */
function serverOf(url = ''): string | undefined {
  const host = url.slice(0, Math.max(0, url.indexOf('/')))
  return host.includes('.') ? host : undefined
}
