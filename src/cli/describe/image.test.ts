import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Image } from '../../core/image/types.ts'
import { describeImage } from './image.ts'

const now = new Date('2026-01-02T00:00:00Z')
const digest = `sha256:${'1'.repeat(64)}`
const metadata = {
  kind: 'DockerImage',
  apiVersion: 'image.openshift.io/1.0',
  Id: digest,
  Created: '2026-01-01T22:00:00Z',
  ContainerConfig: {},
  Architecture: 'amd64',
  Size: 77_500_000,
}
const image = (more: Partial<Image> = {}): Image => ({
  metadata: { name: digest },
  dockerImageReference: `r.io/ubi@${digest}`,
  dockerImageMetadata: metadata,
  ...more,
})

test('a small image, tabs included', () => {
  const layers = [
    { name: 'sha256:2', size: 77_400_000, mediaType: 'm' },
    { name: 'sha256:3', size: 1500, mediaType: 'm' },
  ]
  assert.equal(
    describeImage(image({ dockerImageLayers: layers }), digest, now),
    [
      `Image Name:\t${digest}`,
      `Docker Image:\tr.io/ubi@${digest}`,
      `Name:\t\t${digest}`,
      'Image Size:\t77.5MB in 2 layers',
      'Layers:\t\t77.4MB\tsha256:2',
      '\t\t1.5kB\tsha256:3',
      'Image Created:\t2 hours ago',
      'Author:\t\t<none>',
      'Arch:\t\tamd64',
      'Command:\t<none>',
      'Working Dir:\t<none>',
      'User:\t\t<none>',
      'Exposes Ports:\t<none>',
      'Docker Labels:\t<none>',
      '',
    ].join('\n'),
  )
})

test('everything that an image can say', () => {
  const Config = {
    Entrypoint: ['/bin/sh', '-c'],
    Cmd: ['run'],
    WorkingDir: '/work',
    User: '1001',
    ExposedPorts: { '8443/tcp': {}, '8080/tcp': {} },
    Labels: { b: '2', a: '1' },
    Env: ['A=1', 'B=2'],
    Volumes: { '/b': {}, '/a': {} },
  }
  const text = describeImage(
    image({
      metadata: {
        name: digest,
        creationTimestamp: '2026-01-01T23:59:00Z',
        labels: { x: 'y' },
        annotations: { k: 'v' },
      },
      dockerImageMetadata: { ...metadata, Author: 'me', Config },
      dockerImageManifests: [
        { digest: 'sha256:4', mediaType: 'm', manifestSize: 1, architecture: 'arm64', os: 'linux' },
      ],
      signatures: [{ metadata: { name: 's' }, type: 'AtomicImageV1', content: null }],
    }),
    '',
    now,
  )
  // Spread of tabs is the tab writer's matter; here it is about lines and their order.
  assert.deepEqual(text.replaceAll(/\t+/g, '|').split('\n'), [
    `Docker Image:|r.io/ubi@${digest}`,
    `Name:|${digest}`,
    'Created:|About a minute ago',
    'Labels:|x=y',
    'Annotations:|k=v',
    'Layer Size:|77.5MB',
    'Image Signatures:| ',
    '|Name:|s',
    '|Type:|AtomicImageV1',
    '|Status:|Unverified',
    'Image Created:|2 hours ago',
    'Author:|me',
    'Arch:|amd64',
    'Manifests:|linux/arm64|sha256:4',
    'Entrypoint:|/bin/sh -c',
    'Command:|run',
    'Working Dir:|/work',
    'User:|1001',
    'Exposes Ports:|8080/tcp, 8443/tcp',
    'Docker Labels:|a=1',
    '|b=2',
    'Environment:|A=1',
    '|B=2',
    'Volumes:|/a',
    '|/b',
    '',
  ])
})

test('a verified signature tells by whom, and what the verifier found out', () => {
  const [probed, never] = ['2026-01-02T03:04:05Z', null].map((lastProbeTime) => ({
    lastProbeTime,
    lastTransitionTime: null,
  }))
  const signature = {
    metadata: { name: 's' },
    type: 'AtomicImageV1',
    content: null,
    issuedBy: { commonName: 'KEY' },
    conditions: [
      { type: 'Trusted', status: 'True', message: 'verified', ...probed! },
      { type: 'ForImage', status: 'True', ...never! },
    ],
  }
  const text = describeImage(image({ signatures: [signature] }), '', now)
  assert.deepEqual(/Name:\t+s\n[^]*?(?=\nImage Created)/.exec(text)?.[0].replaceAll(/\t+/g, '|').split('\n'), [
    'Name:|s',
    '|Type:|AtomicImageV1',
    '|Status:|Verified',
    '|Issued By:|KEY',
    '|:|Signature is Trusted (verified on 2026-01-02 03:04:05 +0000 UTC)',
    '|:|Signature is ForImage ( on 0001-01-01 00:00:00 +0000 UTC)',
  ])
})

test('without metadata there is nothing to describe', () => {
  const { dockerImageMetadata: _, ...bare } = image()
  assert.throws(() => describeImage(bare, '', now), { message: 'unable to read image metadata' })
})
