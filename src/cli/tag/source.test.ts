import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ImageStream } from '../../core/image/types.ts'
import { exact } from '../../core/oci/reference.ts'
import { parseSource, pinSource } from './source.ts'

const digest = `sha256:${'a'.repeat(64)}`

test('the form of SOURCE tells its kind, unless --source does', () => {
  const cases: [string, string, string][] = [
    ['r.io/ubi:8', '', 'DockerImage'],
    [`ubi@${digest}`, '', 'ImageStreamImage'],
    ['ubi:8', '', 'ImageStreamTag'],
    ['proj/ubi:8', '', 'ImageStreamTag'],
    ['ubi', '', 'DockerImage'],
    ['my.stream:8', '', 'ImageStreamTag'],
    ['ubi:8', 'Docker', 'DockerImage'],
    ['ubi:8', 'dockerimage', 'DockerImage'],
    ['ubi:8', 'istag', 'ImageStreamTag'],
    [`ubi@${digest}`, 'isimage', 'ImageStreamImage'],
  ]
  for (const [text, hint, kind] of cases) assert.equal(parseSource(text, hint, 'demo').kind, kind, text)
})

test('namespace library means the current one, for stream kinds that are named', () => {
  assert.equal(parseSource('library/ubi:8', 'istag', 'demo').reference.namespace, 'demo')
  assert.equal(parseSource('library/ubi:8', 'docker', 'demo').reference.namespace, 'library')
})

test('what does not fit the kind is refused in the words of oc', () => {
  const cases: [string, string, string][] = [
    [
      'ubi:8',
      'tarball',
      'invalid source "tarball"; valid values are docker, dockerimage, imagestreamimage, imagestreamtag, isimage, istag',
    ],
    ['r.io/ubi:8', 'istag', 'server in SOURCE is only allowed when providing a container image'],
    ['ubi', 'istag', '--source=ImageStreamTag requires a valid <name>:<tag> in SOURCE'],
    ['ubi:8', 'isimage', '--source=ImageStreamImage requires a valid <name>@<id> in SOURCE'],
    ['Ubi:8', '', 'invalid SOURCE: repository name must be lowercase'],
  ]
  for (const [text, hint, message] of cases) assert.throws(() => parseSource(text, hint, 'demo'), { message })
})

const stream = (event?: { image: string; dockerImageReference: string }): ImageStream => ({
  metadata: { name: 'ubi' },
  spec: { lookupPolicy: { local: false } },
  status: {
    dockerImageRepository: '',
    ...(event && { tags: [{ tag: '8', items: [{ created: '2026-01-01T00:00:00Z', generation: 1, ...event }] }] }),
  },
})

test('a stream tag stands for the image that it points at now', () => {
  const source = parseSource('proj/ubi:8', '', 'demo')
  const pinned = pinSource(source, stream({ image: digest, dockerImageReference: `r.io/x@${digest}` }), 'proj/ubi:8')
  assert.deepEqual([pinned.kind, exact(pinned.reference)], ['ImageStreamImage', `proj/ubi@${digest}`])
  const bare = pinSource(source, stream({ image: '', dockerImageReference: 'r.io/x:1' }), 'proj/ubi:8')
  assert.deepEqual([bare.kind, exact(bare.reference)], ['DockerImage', 'r.io/x:1'])
  const message = '"proj/ubi:8" is not currently pointing to an image, cannot use it as the source of a tag'
  assert.throws(() => pinSource(source, stream(), 'proj/ubi:8'), { message })
})
