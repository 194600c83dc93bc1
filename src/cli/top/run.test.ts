import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runCommand } from '../../../test/support/commandLine.ts'

const API = '/apis/image.openshift.io/v1'
const EMPTY = 'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4'
const digest = (letter: string) => `sha256:${letter.repeat(64)}`
const layers = (...named: [string, number][]) => ({ dockerImageLayers: named.map(([name, size]) => ({ name, size })) })
const image = (letter: string, more: object) => ({ metadata: { name: digest(letter) }, ...more })
const list = (...items: object[]) => ({ metadata: {}, items })
const stream = (name: string, tags: Record<string, string>) => ({
  metadata: { name, namespace: 'p' },
  spec: {},
  status: {
    tags: Object.entries(tags).map(([tag, images]) => ({
      tag,
      items: images.split('').map((letter) => ({ image: digest(letter) })),
    })),
  },
})

const BASE = image('a', layers(['one', 1024], [EMPTY, 32]))
const CHILD = image('b', {
  ...layers(['one', 1024], ['two', 2048], ['two', 2048]),
  dockerImageManifest: '{}',
  dockerImageConfig: '12345678',
  dockerImageMetadata: { Id: 'config' },
})
const images = { [`LIST ${API}/images`]: list(BASE, CHILD, image('c', {})) }

test('images: tags, parents, pods, size, by number of streams and size', async () => {
  const pod = (phase: string, annotations: object, ...names: string[]) => ({
    metadata: { name: 'x', namespace: 'p', annotations },
    spec: { containers: names.map((name) => ({ image: name })) },
    status: { phase },
  })
  const outcome = await runCommand(['adm', 'top', 'images'], {
    ...images,
    [`LIST ${API}/imagestreams`]: list(stream('s', { v1: 'a', latest: 'ac', old: 'ca' }), stream('t', { v1: 'a' })),
    'LIST /api/v1/pods': list(
      pod('Running', {}, `r.io/x/y@${digest('b')}`, `other/z@${digest('b')}`, 'r.io/x/y:1', '!!'),
      pod('Pending', { 'openshift.io/build.name': 'bc-1' }, `r.io/x/y@${digest('b')}`),
      pod('Succeeded', {}, `r.io/x/y@${digest('a')}`),
    ),
  })
  const [a, b, c] = ['a', 'b', 'c'].map(digest)
  assert.deepEqual(
    outcome.out.split('\n').map((line) => line.replace(/ {2,}/g, ' | ')),
    [
      'NAME | IMAGESTREAMTAG | PARENTS | USAGE | METADATA STORAGE | ',
      `${a} p/s (latest,v1), p/t (v1) <none> | <none> | no | 1.031KiB `,
      `${c} p/s (old) | <none> | <none> | no | 0B | `,
      `${b} <none> | sha256:aaaaaaaaaa... <unknown>, Build: p/bc-1 yes | 3.008KiB `,
      '',
    ],
  )
})

test('streams: the newest images of their tags, each blob once', async () => {
  const outcome = await runCommand(['adm', 'top', 'is'], {
    ...images,
    [`LIST ${API}/imagestreams`]: list(stream('empty', { v1: 'f' }), stream('s', { v1: 'ac', v2: 'b', v3: 'b' })),
  })
  assert.equal(
    outcome.out,
    ['NAME    STORAGE  IMAGES LAYERS ', 'p/s     3.039KiB 2      5      ', 'p/empty 0B       0      0      ', ''].join(
      '\n',
    ),
  )
})

test('a namespace counts when it is asked for', async () => {
  const answers = {
    ...images,
    [`LIST ${API}/namespaces/q/imagestreams`]: list(),
    'LIST /api/v1/namespaces/q/pods': list(),
  }
  for (const what of ['images', 'imagestreams']) {
    const outcome = await runCommand(['adm', 'top', what, '-n', 'q'], answers)
    assert.deepEqual([outcome.code, outcome.err], [0, ''])
  }
})
