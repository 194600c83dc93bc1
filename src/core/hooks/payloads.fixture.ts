// Payloads as the documents of each vendor show them, shortened, and what they tell. Tests of senders and of the receiver share them.
import type { PushEvent } from './pushEvent.ts'
import type { SenderName } from './senders.ts'

/** A documented delivery. */
export interface Payload {
  what: string
  sender: SenderName
  headers?: Readonly<Record<string, string>>
  body: unknown
  pushes: PushEvent[]
}

const DIGEST = 'sha256:fea8895f450959fa676bcc1df0611ea93823a735a01205fd8622846041d0c7cf'
const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json'

const hub = (repository: object) => ({
  callback_url: 'https://registry.hub.docker.com/u/svendowideit/testhook/hook/2141b5bi5i5b02bec211i4eeih0242eg11000a/',
  push_data: { pushed_at: 1_417_566_161, pusher: 'trustedbuilder', tag: 'latest' },
  repository: { is_official: false, is_private: true, status: 'Active', ...repository },
})

const githubPackage = (more: object = {}, version: object = {}) => ({
  id: 2_216_229,
  name: 'Hello-World',
  namespace: 'Octo-Org',
  ecosystem: 'CONTAINER',
  package_type: 'CONTAINER',
  owner: { login: 'Octo-Org', id: 6_811_672 },
  package_version: {
    id: 10_147_217,
    version: DIGEST,
    name: DIGEST,
    container_metadata: { tag: { name: '1.0', digest: DIGEST }, labels: {}, manifest: {} },
    package_url: 'ghcr.io/octo-org/hello-world:1.0',
    ...version,
  },
  ...more,
})
const githubEvent = { 'x-github-event': 'package', 'x-github-delivery': '72d3162e-cc78-11e3-81ab-4c9367dc0958' }

const harborData = (tag = 'latest') => ({
  resources: [{ digest: DIGEST, tag, resource_url: `hub.harbor.com/test-webhook/debian:${tag}` }],
  repository: {
    date_created: 1_586_922_308,
    name: 'debian',
    namespace: 'test-webhook',
    repo_full_name: 'test-webhook/debian',
    repo_type: 'private',
  },
})
const harborEvent = {
  specversion: '1.0',
  id: '66e18103-09c1-41f6-982f-37df223f3eeb',
  source: '/projects/2/webhook/policies/15',
  datacontenttype: 'application/json',
  time: '2023-04-03T06:04:46Z',
  operator: 'harbor-jobservice',
}

const distributionEvent = (action: string, target: object) => ({
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

const acrPush = {
  id: 'cb8c3971-9adc-488b-bdd8-43cbb4974ff5',
  timestamp: '2017-11-17T16:52:01.343145347Z',
  action: 'push',
  target: { mediaType: MANIFEST, size: 524, digest: DIGEST, length: 524, repository: 'hello-world', tag: 'v1' },
  request: { id: '3cbb6949', host: 'myregistry.azurecr.io', method: 'PUT', useragent: 'docker/17.09.0-ce' },
}

const pubSub = (data: object) => ({
  message: {
    attributes: {},
    data: Buffer.from(JSON.stringify(data)).toString('base64'),
    messageId: '2070443601311540',
    publishTime: '2021-02-26T19:13:55.749Z',
  },
  subscription: 'projects/myproject/subscriptions/mysubscription',
})

const ecrEvent = (detail: object, type = 'ECR Image Action') => ({
  version: '0',
  id: '13cde686-328b-6117-af20-0e5566167482',
  'detail-type': type,
  source: 'aws.ecr',
  account: '123456789012',
  time: '2019-11-16T01:54:34Z',
  region: 'us-west-2',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'my-repository-name',
    'image-digest': DIGEST,
    'action-type': 'PUSH',
    'image-tag': 'latest',
    ...detail,
  },
})

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
const ubuntu = {
  tags: ['latest'],
  digest: 'sha256:35c4a2c15539c6c1e4e5fa4e554dac323ad0107d8eb5c582d6ff386b383b7dce',
}

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

const pushed = (host: string | undefined, repository: string, tag: string): PushEvent[] => [
  { host, repository, tags: [tag], digest: DIGEST },
]
const WORLD = pushed('192.168.100.227:5000', 'hello-world', 'latest')
const DEBIAN = pushed('hub.harbor.com', 'test-webhook/debian', 'latest')
const HELLO = pushed('myregistry.azurecr.io', 'hello-world', 'v1')
const GOOGLE = pushed('us-east1-docker.pkg.dev', 'my-project/my-repo/hello-world', '1.1')
const OCTO = pushed('ghcr.io', 'octo-org/hello-world', '1.0')

export const PAYLOADS: readonly Payload[] = [
  {
    what: 'a push',
    sender: 'dockerhub',
    body: hub({ repo_name: 'svendowideit/testhook' }),
    pushes: [{ host: 'docker.io', repository: 'svendowideit/testhook', tags: ['latest'] }],
  },
  {
    what: 'a push to an official image',
    sender: 'dockerhub',
    body: hub({ repo_name: 'ruby' }),
    pushes: [{ host: 'docker.io', repository: 'library/ruby', tags: ['latest'] }],
  },

  {
    what: 'package',
    sender: 'github',
    headers: githubEvent,
    body: { action: 'published', package: githubPackage() },
    pushes: OCTO,
  },
  {
    what: 'registry_package',
    sender: 'github',
    headers: { ...githubEvent, 'x-github-event': 'registry_package' },
    body: { action: 'updated', registry_package: githubPackage() },
    pushes: OCTO,
  },
  {
    what: 'a server of its own',
    sender: 'github',
    headers: githubEvent,
    body: {
      action: 'published',
      package: githubPackage({}, { package_url: 'containers.github.test/octo-org/hello-world:1.0' }),
    },
    pushes: pushed('containers.github.test', 'octo-org/hello-world', '1.0'),
  },
  {
    what: 'a manifest of one platform, without a tag',
    sender: 'github',
    headers: githubEvent,
    body: {
      action: 'published',
      package: githubPackage({}, { container_metadata: { tag: { name: '', digest: '' } } }),
    },
    pushes: [],
  },
  {
    what: 'a package of another kind',
    sender: 'github',
    headers: githubEvent,
    body: { action: 'published', package: githubPackage({ package_type: 'npm', ecosystem: 'npm' }) },
    pushes: [],
  },
  {
    what: 'ping',
    sender: 'github',
    headers: { 'x-github-event': 'ping' },
    body: { zen: 'Design for failure.', hook_id: 1 },
    pushes: [],
  },

  {
    what: 'a push',
    sender: 'quay',
    body: {
      name: 'repository',
      repository: 'dgangaia/test',
      namespace: 'dgangaia',
      docker_url: 'quay.io/dgangaia/test',
      homepage: 'https://quay.io/repository/dgangaia/repository',
      updated_tags: ['latest', 'v2'],
    },
    pushes: [{ host: 'quay.io', repository: 'dgangaia/test', tags: ['latest', 'v2'] }],
  },
  {
    what: 'a push, as old servers tell it',
    sender: 'quay',
    body: {
      pushed_image_count: 2,
      repository: 'devtable/ubuntu',
      docker_url: 'quay.io/devtable/ubuntu',
      updated_tags: { latest: 'b750fe79269d2ec9a3c593ef05b4332b1d1a02a62b4accb2c21d589ff2f5f2dc' },
    },
    pushes: [{ host: 'quay.io', repository: 'devtable/ubuntu', tags: ['latest'] }],
  },
  {
    what: 'a build in the queue',
    sender: 'quay',
    body: {
      build_id: '296ec063',
      repository: 'dgangaia/test',
      docker_url: 'quay.io/dgangaia/test',
      docker_tags: ['latest'],
    },
    pushes: [],
  },

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
    what: 'a push of its registry',
    sender: 'gitlab',
    body: { events: [distributionEvent('push', { tag: 'latest' })] },
    pushes: WORLD,
  },

  { what: 'a push', sender: 'acr', body: acrPush, pushes: HELLO },
  {
    what: 'a push, from Event Grid',
    sender: 'acr',
    headers: { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    body: {
      id: '831e1650-001e-001b-66ab-eeb76e069631',
      source: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ContainerRegistry/registries/myregistry',
      subject: 'hello-world:v1',
      type: 'Microsoft.ContainerRegistry.ImagePushed',
      time: '2018-04-25T21:39:47.6549614Z',
      data: acrPush,
      specversion: '1.0',
    },
    pushes: HELLO,
  },
  { what: 'a deletion', sender: 'acr', body: { ...acrPush, action: 'delete' }, pushes: [] },
  { what: 'a chart', sender: 'acr', body: { ...acrPush, action: 'chart_push' }, pushes: [] },
  {
    what: 'ping',
    sender: 'acr',
    body: { id: 'cb8c3971', timestamp: '2017-11-17T16:52:01Z', action: 'ping' },
    pushes: [],
  },

  {
    what: 'a push',
    sender: 'google',
    body: pubSub({
      action: 'INSERT',
      digest: `us-east1-docker.pkg.dev/my-project/my-repo/hello-world@${DIGEST}`,
      tag: 'us-east1-docker.pkg.dev/my-project/my-repo/hello-world:1.1',
    }),
    pushes: GOOGLE,
  },
  {
    what: 'a push without the envelope',
    sender: 'google',
    body: {
      action: 'INSERT',
      digest: `us-east1-docker.pkg.dev/my-project/my-repo/hello-world@${DIGEST}`,
      tag: 'us-east1-docker.pkg.dev/my-project/my-repo/hello-world:1.1',
    },
    pushes: GOOGLE,
  },
  {
    what: 'an upload without a tag',
    sender: 'google',
    body: pubSub({ action: 'INSERT', digest: `gcr.io/my-project/hello-world@${DIGEST}` }),
    pushes: [],
  },
  {
    what: 'a deletion',
    sender: 'google',
    body: pubSub({ action: 'DELETE', tag: 'gcr.io/my-project/hello-world:1.1' }),
    pushes: [],
  },

  {
    what: 'a push',
    sender: 'ecr',
    body: ecrEvent({}),
    pushes: pushed('123456789012.dkr.ecr.us-west-2.amazonaws.com', 'my-repository-name', 'latest'),
  },
  {
    what: 'a push in China',
    sender: 'ecr',
    body: { ...ecrEvent({}), region: 'cn-north-1' },
    pushes: pushed('123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn', 'my-repository-name', 'latest'),
  },
  { what: 'a deletion', sender: 'ecr', body: ecrEvent({ 'action-type': 'DELETE' }), pushes: [] },
  { what: 'a push that failed', sender: 'ecr', body: ecrEvent({ result: 'FAILURE' }), pushes: [] },
  {
    what: 'a scan',
    sender: 'ecr',
    body: ecrEvent({ 'scan-status': 'COMPLETE', 'image-tags': ['latest'] }, 'ECR Image Scan'),
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

  {
    what: 'a structured event with data of any form',
    sender: 'cloudevents',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: {
      specversion: '1.0',
      id: '1',
      source: '/ci',
      type: 'com.example.pushed',
      data: { repository: 'r.test/app', tag: 'v1' },
    },
    pushes: [{ host: 'r.test', repository: 'app', tags: ['v1'] }],
  },
  {
    what: 'data in base64',
    sender: 'cloudevents',
    body: {
      specversion: '1.0',
      id: '1',
      source: '/ci',
      type: 'com.example.pushed',
      data_base64: Buffer.from('{"repository":"r.test/app","tag":"v1"}').toString('base64'),
    },
    pushes: [{ host: 'r.test', repository: 'app', tags: ['v1'] }],
  },
  {
    what: 'a binary event',
    sender: 'cloudevents',
    headers: { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/ci', 'ce-type': 'com.example.pushed' },
    body: { repository: 'r.test/app', tag: 'v1' },
    pushes: [{ host: 'r.test', repository: 'app', tags: ['v1'] }],
  },
  {
    what: 'a batch',
    sender: 'cloudevents',
    headers: { 'content-type': 'application/cloudevents-batch+json' },
    body: [
      { ...harborEvent, type: 'harbor.artifact.pushed', data: harborData() },
      { specversion: '1.0', id: '2', source: '/ci', type: 'x', data: { repository: 'r.test/app', tag: 'v1' } },
    ],
    pushes: [...DEBIAN, { host: 'r.test', repository: 'app', tags: ['v1'] }],
  },

  {
    what: 'a tag',
    sender: 'generic',
    body: { repository: 'R.test:5000/team/app', tag: 'v1', digest: DIGEST },
    pushes: pushed('r.test:5000', 'team/app', 'v1'),
  },
  {
    what: 'a list, without hosts or tags',
    sender: 'generic',
    body: [{ repository: 'team/app' }, { repository: 'team/other', tag: 'a', tags: ['a', 'b'] }],
    pushes: [
      { host: undefined, repository: 'team/app', tags: [] },
      { host: undefined, repository: 'team/other', tags: ['a', 'b'] },
    ],
  },
]

/** The payload as it is delivered. */
export const deliveryOf = ({ headers = {}, body }: Pick<Payload, 'headers' | 'body'>) => ({
  header: (name: string): string | undefined => headers[name],
  // As it comes from the wire: what is undefined is not there.
  body: JSON.parse(JSON.stringify(body)) as unknown,
})
