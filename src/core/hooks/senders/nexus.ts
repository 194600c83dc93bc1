// Sonatype Nexus Repository: its webhooks of repositories, for components and for assets.
// https://help.sonatype.com/en/example-headers-and-payloads.html
import { objectAt, tagsOf, textAt, type Sender } from '../message.ts'
import { pushEvent } from '../pushEvent.ts'

const CHANGES: ReadonlySet<string | undefined> = new Set(['CREATED', 'UPDATED'])
/** Where an asset is a manifest. */
const MANIFEST = /^\/?v2\/(.+)\/manifests\/([^/]+)$/

export const nexus: Sender = {
  title: 'Sonatype Nexus',
  marked: true,
  recognises: (message) =>
    message.header('x-nexus-webhook-id') !== undefined || textAt(message.body, 'repositoryName') !== undefined,
  pushes({ body }) {
    const found = objectAt(body, 'component') ?? objectAt(body, 'asset')
    if (!CHANGES.has(textAt(body, 'action')) || textAt(found, 'format') !== 'docker') return []
    const { image, reference } = objectAt(body, 'component')
      ? { image: textAt(found, 'name'), reference: textAt(found, 'version') }
      : manifestOf(textAt(found, 'name'))
    const tags = tagsOf(reference)
    if (tags.length === 0) return []
    const key = textAt(body, 'repositoryName')
    // A repository has a port or a host of its own, or is the first part of the path. Nexus knows neither its host nor which.
    return [
      pushEvent({ repository: image, tags }),
      ...(key && image ? [pushEvent({ repository: `${key.toLowerCase()}/${image}`, tags })] : []),
    ]
  },
}

/** Of an asset; layers are assets, too. */
function manifestOf(name = ''): { image: string | undefined; reference: string | undefined } {
  const [, image, reference] = (name.length <= LONGEST_NAME && MANIFEST.exec(name)) || []
  return { image, reference }
}

/** Characters of an asset's name: no manifest has a longer one. */
const LONGEST_NAME = 600
