import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { selfSigned } from '../../../test/support/selfSigned.ts'
import { StartupError } from '../startup.ts'
import { readRegistries } from './file.ts'

const [one, two] = await Promise.all([selfSigned(), selfSigned()])

/** A directory with a document and what it names. */
async function read(t: TestContext, text: string, more: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  t.after(() => rm(directory, { recursive: true }))
  const files = { 'registries.yaml': text, 'ca.pem': one.cert, 'tls.crt': one.cert, 'tls.key': one.key, ...more }
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
  return await readRegistries(join(directory, 'registries.yaml'), { secrets: false })
}

test('files that it names lie beside it', async (t) => {
  const text = `registries: [{ prefix: quay.io, caFile: ca.pem, clientCertificate: { certFile: tls.crt, keyFile: ./tls.key } }]`
  const { registries } = await read(t, text)
  assert.equal(registries[0]!.ca, one.cert)
  assert.deepEqual(registries[0]!.client, { cert: one.cert, key: one.key })
})

test('an inline certificate needs none', async (t) => {
  const { registries } = await read(t, JSON.stringify({ registries: [{ prefix: 'quay.io', ca: one.cert }] }))
  assert.equal(registries[0]!.ca, one.cert)
})

const pair = 'registries: [{ prefix: quay.io, clientCertificate: { certFile: tls.crt, keyFile: tls.key } }]'
const ca = 'registries: [{ prefix: quay.io, caFile: ca.pem }]'
const mistakes: [what: string, text: string, more: Record<string, string>, message: RegExp][] = [
  ['a word', 'registrys: []', {}, /^--registries .*registries.yaml: line 1: there is no field "registrys"/],
  ['a missing file', ca.replace('ca.pem', 'none.pem'), {}, /none.pem cannot be read: ENOENT/],
  ['a huge file', ca, { 'ca.pem': 'x'.repeat(2_000_000) }, /ca.pem has more than 1048576 bytes/],
  ['no certificate', ca, { 'ca.pem': one.key }, /the certificates for quay.io: there is no certificate in PEM/],
  [
    'a broken certificate',
    ca,
    { 'ca.pem': `${one.cert}\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n` },
    /the certificates for quay.io: its certificate 2 cannot be read/,
  ],
  ['a foreign key', pair, { 'tls.key': two.key }, /the client certificate for quay.io: .*do not belong together/],
  ['no key', pair, { 'tls.key': 'secret words' }, /do not belong together, or one of them is no PEM/],
]
for (const [what, text, more, message] of mistakes)
  test(`${what} keeps the server from starting, and no key is shown`, async (t) => {
    await assert.rejects(read(t, text, more), (error) => {
      assert.ok(error instanceof StartupError)
      assert.match(error.message, message)
      assert.doesNotMatch(error.message, /PRIVATE KEY|secret words/)
      return true
    })
  })
