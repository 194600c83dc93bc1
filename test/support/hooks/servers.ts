// Deliveries of registries that one runs oneself: Harbor, Artifactory, Nexus, distribution, zot.
import { DIGEST, harborData, harborEvent, distributionEvent, pushed, WORLD, DEBIAN, type Payload } from './payload.ts'

const ubuntu = {
  tags: ['latest'],
  digest: 'sha256:35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce',
}

const artifactoryEvent = (event_type: string) => ({
  domain: 'docker',
  event_type,
  data: {
    repo_key: 'docker-local',
    event_type,
    path: 'library/ubuntu/latest/list.manifest.json',
    name: 'list.manifest.json',
    sha256: '35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce',
    size: 1206,
    image_name: 'library/ubuntu',
    tag: 'latest',
    platforms: [{ architecture: 'amd64', os: 'linux' }],
  },
  subscription_key: 'test',
  jpd_origin: 'https://example.jfrog.io',
  source: 'jfrog/admin',
})

const nexusEvent = (action: string, what: object) => ({
  timestamp: '2016-11-14T19:32:13.515+0000',
  nodeId: '7FFA7361-6ED33978-36997BD4-47095CC4-331356BE',
  initiator: 'anonymous/127.0.0.1',
  repositoryName: 'docker-hosted',
  action,
  ...what,
})

const nexusHeaders = (id: string) => ({
  'x-nexus-webhook-id': id,
  'x-nexus-webhook-delivery': '7f4a6dde-5c68-4999-bcc0-a62f3fb8ae48',
})

const nexusPushes = [
  { host: undefined, repository: 'team/app', tags: ['1.2'] },
  { host: undefined, repository: 'docker-hosted/team/app', tags: ['1.2'] },
]

const zotHeaders = (type: string, source = 'zotregistry.dev') => ({
  'ce-specversion': '1.0',
  'ce-id': '1f9c1b1e-6a2a-4b0e-a9a8-0b2a2f1b6a11',
  'ce-source': source,
  'ce-type': type,
})

const zotData = {
  name: 'golang',
  reference: 'latest',
  digest: DIGEST,
  mediaType: 'application/vnd.oci.image.manifest.v1+json',
}

export const SERVERS: readonly Payload[] = [
  {
    what: 'a push',
    sender: 'harbor',
    body: { type: 'PUSH_ARTIFACT', occur_at: 1_586_922_308, operator: 'admin', event_data: harborData() },
    pushes: DEBIAN,
  },
  {
    what: 'a push without a tag',
    sender: 'harbor',
    body: { type: 'PUSH_ARTIFACT', occur_at: 1_586_922_308, operator: 'admin', event_data: harborData(DIGEST) },
    pushes: [],
  },
  {
    what: 'a deletion',
    sender: 'harbor',
    body: { type: 'DELETE_ARTIFACT', occur_at: 1_586_922_308, operator: 'admin', event_data: harborData() },
    pushes: [],
  },
  {
    what: 'a push as a CloudEvent',
    sender: 'harbor',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: { ...harborEvent, type: 'harbor.artifact.pushed', data: harborData() },
    pushes: DEBIAN,
  },
  {
    what: 'a scan as a CloudEvent',
    sender: 'harbor',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: { ...harborEvent, type: 'harbor.scan.completed', data: harborData() },
    pushes: [],
  },

  {
    what: 'a push',
    sender: 'artifactory',
    body: artifactoryEvent('pushed'),
    pushes: [
      { host: 'example.jfrog.io', repository: 'docker-local/library/ubuntu', ...ubuntu },
      { host: 'docker-local.example.jfrog.io', repository: 'library/ubuntu', ...ubuntu },
    ],
  },
  {
    what: 'a push, as older versions tell it',
    sender: 'artifactory',
    body: artifactoryEvent('pushed').data,
    pushes: [
      { host: undefined, repository: 'docker-local/library/ubuntu', ...ubuntu },
      { host: undefined, repository: 'library/ubuntu', ...ubuntu },
    ],
  },
  { what: 'a deletion', sender: 'artifactory', body: artifactoryEvent('deleted'), pushes: [] },
  {
    what: 'an artifact of another kind',
    sender: 'artifactory',
    body: {
      domain: 'artifact',
      event_type: 'deployed',
      data: { repo_key: 'sample_repo', path: 'sample_dir/sample.txt', name: 'sample.txt', sha256: 'x', size: 0 },
    },
    pushes: [],
  },

  {
    what: 'a component',
    sender: 'nexus',
    headers: nexusHeaders('rm:repository:component'),
    body: nexusEvent('CREATED', {
      component: { id: '08909bf0', componentId: 'bnBt', format: 'docker', name: 'team/app', version: '1.2' },
    }),
    pushes: nexusPushes,
  },
  {
    what: 'an asset',
    sender: 'nexus',
    headers: nexusHeaders('rm:repository:asset'),
    body: nexusEvent('UPDATED', {
      asset: { id: '31c950c8', assetId: 'bnBt', format: 'docker', name: 'v2/team/app/manifests/1.2' },
    }),
    pushes: nexusPushes,
  },
  {
    what: 'a layer',
    sender: 'nexus',
    headers: nexusHeaders('rm:repository:asset'),
    body: nexusEvent('CREATED', { asset: { id: '31c950c8', format: 'docker', name: `v2/-/blobs/${DIGEST}` } }),
    pushes: [],
  },
  {
    what: 'a component of another format',
    sender: 'nexus',
    headers: nexusHeaders('rm:repository:component'),
    body: nexusEvent('CREATED', {
      component: { id: '1', format: 'npm', name: 'angular2', group: 'types', version: '0.0.2' },
    }),
    pushes: [],
  },

  {
    what: 'pushes, pulls and layers',
    sender: 'distribution',
    headers: { 'content-type': 'application/vnd.docker.distribution.events.v2+json' },
    body: {
      events: [
        distributionEvent('push', { mediaType: 'application/octet-stream', tag: undefined }),
        distributionEvent('push', { tag: 'latest' }),
        distributionEvent('push', {}),
        distributionEvent('pull', { tag: 'latest' }),
        distributionEvent('delete', { tag: 'latest' }),
      ],
    },
    pushes: WORLD,
  },

  {
    what: 'an updated image',
    sender: 'zot',
    headers: zotHeaders('zotregistry.image.updated'),
    body: zotData,
    pushes: pushed(undefined, 'golang', 'latest'),
  },
  {
    what: 'an updated image, from a server that knows its address',
    sender: 'zot',
    headers: zotHeaders('com.example.registry.image.updated', 'https://registry.example.com'),
    body: zotData,
    pushes: pushed('registry.example.com', 'golang', 'latest'),
  },
  {
    what: 'an image that was pushed by its digest',
    sender: 'zot',
    headers: zotHeaders('zotregistry.image.updated'),
    body: { ...zotData, reference: DIGEST },
    pushes: [],
  },
  { what: 'a deletion', sender: 'zot', headers: zotHeaders('zotregistry.image.deleted'), body: zotData, pushes: [] },
  {
    what: 'a new repository',
    sender: 'zot',
    headers: zotHeaders('zotregistry.repository.created'),
    body: { name: 'golang' },
    pushes: [],
  },
]
