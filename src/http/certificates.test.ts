import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { isExpiring, loadOrCreate, type Certificates } from './certificates.ts'

const DAY = 86_400_000

describe('certificates', () => {
  let dataDir: string
  let first: Certificates
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'millrace-pki-'))
    first = await loadOrCreate(dataDir)
  })
  after(() => rm(dataDir, { recursive: true }))

  it('are an authority, a server and an administrator', () => {
    const ca = new X509Certificate(first.ca)
    assert.ok(ca.ca && ca.verify(ca.publicKey))
    assert.ok(!isExpiring(first.ca, 3_600))

    const serving = new X509Certificate(first.serving.cert)
    assert.ok(serving.verify(ca.publicKey) && serving.checkIssued(ca) && !serving.ca)
    for (const host of ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']) {
      assert.equal(serving.checkHost(host), host)
    }
    assert.equal(serving.checkIP('127.0.0.1'), '127.0.0.1')
    assert.ok(serving.checkIP('::1'))
    assert.deepEqual(serving.keyUsage, ['1.3.6.1.5.5.7.3.1'])

    const client = new X509Certificate(first.client.cert)
    assert.ok(client.verify(ca.publicKey))
    assert.equal(client.subject, 'O=system:masters\nCN=system:admin')
    assert.deepEqual(client.keyUsage, ['1.3.6.1.5.5.7.3.2'])
    assert.equal(client.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  })

  it('lie in files that only their owner can read, and nothing else is left there', async () => {
    const directory = join(dataDir, 'pki')
    assert.equal((await stat(directory)).mode & 0o777, 0o700)
    const files = await readdir(directory)
    assert.deepEqual(files.sort(), ['admin.crt', 'admin.key', 'ca.crt', 'ca.key', 'serving.crt', 'serving.key'])
    for (const file of files) assert.equal((await stat(join(directory, file))).mode & 0o777, 0o600, file)
  })

  it('stay while they are good', async () => {
    assert.deepEqual(await loadOrCreate(dataDir), first)
  })

  it('are renewed below the same authority before they expire', async () => {
    const later = await loadOrCreate(dataDir, { now: () => new Date(Date.now() + 340 * DAY) })
    assert.equal(later.ca, first.ca)
    assert.notEqual(later.serving.cert, first.serving.cert)
    assert.notEqual(later.client.cert, first.client.cert)
    assert.ok(!isExpiring(later.serving.cert, 600))
    first = await loadOrCreate(dataDir)
  })

  it('are all new when the authority is about to expire', async () => {
    const other = await mkdtemp(join(tmpdir(), 'millrace-pki-'))
    const old = await loadOrCreate(other)
    const renewed = await loadOrCreate(other, { now: () => new Date(Date.now() + 3_630 * DAY) })
    assert.notEqual(renewed.ca, old.ca)
    assert.ok(new X509Certificate(renewed.serving.cert).verify(new X509Certificate(renewed.ca).publicKey))
    await rm(other, { recursive: true })
  })

  it('are made again when a host is missing', async () => {
    const more = await loadOrCreate(dataDir, { hosts: ['millrace.example.com', '192.0.2.7'] })
    const serving = new X509Certificate(more.serving.cert)
    assert.equal(serving.checkHost('millrace.example.com'), 'millrace.example.com')
    assert.ok(serving.checkIP('192.0.2.7'))
    assert.deepEqual(more.client, first.client)
  })

  for (const [name, damage] of [
    ['cut off', (text: string) => text.slice(0, 100)],
    ['empty', () => ''],
    ['no certificate', () => 'hello'],
  ] as const) {
    it(`are made again when a file is ${name}`, async () => {
      const file = join(dataDir, 'pki/admin.crt')
      const old = await readFile(file, 'utf8')
      await writeFile(file, damage(old))
      const { client, ca } = await loadOrCreate(dataDir)
      assert.notEqual(client.cert, old)
      assert.ok(new X509Certificate(client.cert).verify(new X509Certificate(ca).publicKey))
    })
  }

  it('are made again when the key is another one', async () => {
    await writeFile(join(dataDir, 'pki/admin.key'), first.serving.key)
    const { client } = await loadOrCreate(dataDir)
    assert.notEqual(client.key, first.serving.key)
  })
})

describe('isExpiring', () => {
  it('takes what is no certificate for expired', () => assert.ok(isExpiring('nonsense', 0)))
})
