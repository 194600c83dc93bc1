import assert from 'node:assert/strict'
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { it } from 'node:test'
import { KubeConfig } from '@kubernetes/client-node'
import { writeKubeconfig } from './kubeconfig.ts'

const pair = { cert: 'CERT\n'.repeat(300), key: 'KEY' }
const certificates = { ca: 'CA', serving: pair, client: pair }

it('the kubeconfig is what clients read, private, and replaces an old one', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-kubeconfig-'))
  const file = join(directory, 'kubeconfig')
  await writeFile(file, 'old', { mode: 0o644 })
  await writeKubeconfig(file, 'https://127.0.0.1:1234', certificates)
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

it('a kubeconfig in which somebody has switched projects stays, as long as it leads to the server', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-kubeconfig-'))
  const file = join(directory, 'kubeconfig')
  const write = async (server: string) => {
    await writeKubeconfig(file, server, certificates)
    return readFile(file, 'utf8')
  }
  const fresh = await write('https://127.0.0.1:1234')
  const switched = fresh.replace(/^current-context: .*$/m, 'current-context: other\nmore: x')
  await writeFile(file, switched)
  await chmod(file, 0o644)
  assert.equal(await write('https://127.0.0.1:1234'), switched)
  assert.equal((await stat(file)).mode & 0o777, 0o600)
  const moved = fresh.replace('1234', '5678')
  assert.equal(await write('https://127.0.0.1:5678'), moved)
  for (const useless of ['', '[]', 'a: [', 'clusters: x', fresh.replace('current-context: millrace', '')]) {
    await writeFile(file, useless)
    assert.equal(await write('https://127.0.0.1:1234'), fresh)
  }
  await rm(directory, { recursive: true })
})
