// Deliveries of forms that anybody may send: CloudEvents and the generic one.
import { DIGEST, harborData, harborEvent, pushed, DEBIAN, type Payload } from './payload.ts'

export const EVENTS: readonly Payload[] = [
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
