// A documented delivery of a webhook, and what several of them share.
import type { PushEvent } from '../../../src/core/hooks/pushEvent.ts'
import type { SenderName } from '../../../src/core/hooks/senders.ts'

/** A payload as a vendor's documents show it, shortened, and what it tells. */
export interface Payload {
  what: string
  sender: SenderName
  headers?: Readonly<Record<string, string>>
  body: unknown
  pushes: PushEvent[]
}

export const DIGEST = 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf'

export const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

export const harborData = (tag = 'latest') => ({
  resources: [{ digest: DIGEST, tag, resource_url: `hub.harbor.com/test-webhook/debian:${tag}` }],
  repository: {
    date_created: 1_586_922_308,
    name: 'debian',
    namespace: 'test-webhook',
    repo_full_name: 'test-webhook/debian',
    repo_type: 'private',
  },
})

export const harborEvent = {
  specversion: '1.0',
  id: '66e18103-09c1-41f6-982f-37df223f3eeb',
  source: '/projects/2/webhook/policies/15',
  datacontenttype: 'application/json',
  time: '2023-04-03T06:04:46Z',
  operator: 'harbor-jobservice',
}

export const distributionEvent = (action: string, target: object) => ({
  id: '320678d8-ca14-430f-8bb6-4ca139cd83f7',
  timestamp: '2016-03-09T14:44:26.402973972-08:00',
  action,
  target: {
    mediaType: MANIFEST,
    size: 708,
    digest: DIGEST,
    length: 708,
    repository: 'hello-world',
    url: `http://192.168.100.227:5000/v2/hello-world/manifests/${DIGEST}`,
    ...target,
  },
  request: { id: '6df24a34', addr: '192.168.64.11:42961', host: '192.168.100.227:5000', method: 'PUT' },
  actor: {},
  source: { addr: 'xtal.local:5000', instanceID: 'a53db899-3b4b-4a62-a067-8dd013beaca4' },
})

export const pushed = (host: string | undefined, repository: string, tag: string): PushEvent[] => [
  { host, repository, tags: [tag], digest: DIGEST },
]

export const WORLD = pushed('192.168.100.227:5000', 'hello-world', 'latest')

export const DEBIAN = pushed('hub.harbor.com', 'test-webhook/debian', 'latest')
