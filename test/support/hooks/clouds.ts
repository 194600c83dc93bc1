// Deliveries of the registries of clouds: Azure, Google, Amazon.
import { DIGEST, MANIFEST, pushed, type Payload } from './payload.ts'

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

const HELLO = pushed('myregistry.azurecr.io', 'hello-world', 'v1')

const GOOGLE = pushed('us-east1-docker.pkg.dev', 'my-project/my-repo/hello-world', '1.1')

export const CLOUDS: readonly Payload[] = [
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
]
