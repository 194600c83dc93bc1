import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { KubeConfig } from '@kubernetes/client-node'
import { writeKubeconfig } from './kubeconfig.ts'

it('the kubeconfig is what clients read, private, and replaces an old one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-kubeconfig-'))
  const file = join(directory, 'kubeconfig')
  await writeFile(file, 'old', { mode: 0o644 })
  const pair = { cert: 'CERT\n'.repeat(300), key: 'KEY' }
  await writeKubeconfig(file, 'https://127.0.0.1:1234', { ca: 'CA', serving: pair, client: pair })
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  assert.doesNotMatch(await readFile(file, 'utf8'), /old/)

  const config = new KubeConfig()
  config.loadFromFile(file)
  assert.equal(config.getCurrentCluster()?.server, 'https://127.0.0.1:1234')
  const decode = (data = '') => Buffer.from(data, 'base64').toString()
  assert.equal(decode(config.getCurrentCluster()?.caData), 'CA')
  assert.equal(decode(config.getCurrentUser()?.certData), pair.cert)
  assert.equal(decode(config.getCurrentUser()?.keyData), 'KEY')
  assert.equal(config.getContextObject(config.getCurrentContext())?.namespace, 'default')
  await rm(directory, { recursive: true })
})
