import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { pushImage, pushIndex, startRegistry } from './registry.ts'

const run = promisify(execFile)

test('a registry starts, takes images that skopeo can copy, and stops', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.stop())
  const options = { files: { 'root/buildinfo/Dockerfile-ubi8': 'x' }, layers: ['y'] }
  const a = await pushImage(registry.host, 'base', '1', options)
  const b = await pushImage(registry.host, 'base', '2', { ...options, oci: true, architecture: 'arm64' })
  const index = await pushIndex(registry.host, 'base', 'all', [a, b])
  const image = (name: string) => `docker://${registry.host}/${name}`
  const tls = ['--src-tls-verify=false', '--dest-tls-verify=false']
  await run('skopeo', ['copy', ...tls, image('base:1'), image('copy:1')])
  await run('skopeo', ['copy', '--all', ...tls, image('base:all'), image('copy:all')])
  const { stdout } = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', image('copy:1')])
  assert.equal(stdout, a.manifest)
  const again = await run('skopeo', ['inspect', '--raw', '--tls-verify=false', image('copy:all')])
  assert.equal(again.stdout, index.manifest)
  await registry.stop()
  await assert.rejects(fetch(`http://${registry.host}/v2/`))
})

test('a process that ends at once leaves no data of its registry behind', async () => {
  const home = await mkdtemp(join(tmpdir(), 'registry-test-'))
  const module = JSON.stringify(new URL('registry.ts', import.meta.url))
  const script = `const { startRegistry } = await import(${module}); await startRegistry(); process.exit(0)`
  await run(process.execPath, ['--input-type=module', '-e', script], { env: { ...process.env, TMPDIR: home } })
  assert.deepEqual(await readdir(home), [])
  await rm(home, { recursive: true })
})

test('the same options give the same image', async (t) => {
  const registry = await startRegistry()
  t.after(() => registry.stop())
  const one = await pushImage(registry.host, 'a', 'x', { files: { f: '1' } })
  const same = await pushImage(registry.host, 'b', null, { files: { f: '1' } })
  const other = await pushImage(registry.host, 'b', null, { files: { f: '2' } })
  assert.equal(one.digest, same.digest)
  assert.notEqual(one.digest, other.digest)
})
