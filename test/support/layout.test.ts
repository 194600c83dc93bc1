import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { writeLayout } from './layout.ts'
import { execute, temporaryDirectory } from './processes.ts'

test('a layout holds a manifest, a config and a layer that tar can read', async () => {
  const directory = temporaryDirectory('layout')
  const files = { '/root/buildinfo/Dockerfile': 'FROM scratch\n' }
  const digests = writeLayout(directory, [{ name: 'one', files }])
  const blob = (digest: string) => join(directory, 'blobs', digest.replace(':', '/'))
  const manifest = JSON.parse(readFileSync(blob(digests['one']!), 'utf8')) as { layers: { digest: string }[] }
  const outcome = await execute('tar', ['-xzOf', blob(manifest.layers[0]!.digest), 'root/buildinfo/Dockerfile'])
  assert.deepEqual(outcome, { stdout: 'FROM scratch\n', stderr: '', code: 0 })
})

test('the same images have the same digests, others have others', () => {
  const image = (content: string) => [{ name: 'one', files: { '/a': content } }]
  const first = writeLayout(temporaryDirectory('layout'), image('x'))
  assert.deepEqual(writeLayout(temporaryDirectory('layout'), image('x')), first)
  assert.notDeepEqual(writeLayout(temporaryDirectory('layout'), image('y')), first)
})
