import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { selfSigned } from '../../../test/support/selfSigned.ts'
import type { RegistriesConfiguration } from '../../core/registries/configuration.ts'
import { StartupError } from '../startup.ts'
import { RegistriesFile } from './file.ts'

const [one, two] = await Promise.all([selfSigned(), selfSigned()])

/** A directory with a document and what it names. */
async function setUp(t: TestContext, text: string, more: Record<string, string> = {}) {
  const directory = await mkdtemp(join(tmpdir(), 'millrace-'))
  t.after(() => rm(directory, { recursive: true }))
  const files = { 'registries.yaml': text, 'ca.pem': one.cert, 'tls.crt': one.cert, 'tls.key': one.key, ...more }
  for (const [name, content] of Object.entries(files)) await writeFile(join(directory, name), content)
  const lines: string[] = []
  const write = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const path = join(directory, 'registries.yaml')
  const open = () => RegistriesFile.open({ path, secrets: false, log: { info: write, error: write } })
  return { directory, path, lines, open }
}

/** What such a document says. */
async function read(...given: Parameters<typeof setUp>): Promise<RegistriesConfiguration> {
  return (await (await setUp(...given)).open()).configuration
}

const prefixes = ({ configuration }: RegistriesFile) => configuration.registries.map(({ prefix }) => prefix)

/** Looks until all there is to see has been seen: gives what it was told. */
async function settle(file: RegistriesFile): Promise<boolean[]> {
  return [await file.look(), await file.look(), await file.look(), await file.look()]
}
const ONCE = [false, true, false, false]
const NEVER = [false, false, false, false]

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
  ['nothing at all', ' \n', {}, /the document is empty: to say nothing, write \{\}$/],
  ['a directory', ca.replace('ca.pem', '.'), {}, /registries\.yaml: \S+ is no regular file$/],
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

const text = (prefix: string) => `registries: [{ prefix: ${prefix} }]`

const writers: [how: string, write: (path: string, text: string) => Promise<void>][] = [
  ['written over', (path, content) => writeFile(path, content)],
  [
    'replaced',
    async (path, content) => {
      await writeFile(`${path}.new`, content)
      await rename(`${path}.new`, path)
    },
  ],
  [
    'taken away, and put back',
    async (path, content) => {
      await rm(path)
      await writeFile(path, content)
    },
  ],
]
for (const [how, write] of writers)
  test(`what it says counts when it was ${how}, and is told once`, async (t) => {
    const { open, path, lines } = await setUp(t, text('one.test'))
    const file = await open()
    assert.deepEqual(await settle(file), NEVER)
    // Of the same size.
    await write(path, text('two.test'))
    assert.deepEqual(await settle(file), ONCE)
    assert.deepEqual(prefixes(file), ['two.test'])
    assert.deepEqual(lines, [`registries are configured ${JSON.stringify({ file: path })}`])
  })

test('a volume of Kubernetes is renewed by switching a link, for all of its files at once', async (t) => {
  const { directory, lines } = await setUp(t, '')
  const volume = async (name: string, prefix: string, pem: string) => {
    await mkdir(join(directory, name))
    await writeFile(join(directory, name, 'registries.yaml'), `registries: [{ prefix: ${prefix}, caFile: ca.crt }]`)
    await writeFile(join(directory, name, 'ca.crt'), pem)
    await symlink(name, join(directory, '..data.new'))
    await rename(join(directory, '..data.new'), join(directory, '..data'))
  }
  await volume('..1', 'one.test', one.cert)
  const mounted = join(directory, 'mounted')
  await mkdir(mounted)
  for (const name of ['registries.yaml', 'ca.crt']) await symlink(join('..', '..data', name), join(mounted, name))
  const write = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const path = join(mounted, 'registries.yaml')
  const file = await RegistriesFile.open({ path, secrets: false, log: { info: write, error: write } })
  await volume('..2', 'two.test', two.cert)
  await rm(join(directory, '..1'), { recursive: true })
  assert.deepEqual(await settle(file), ONCE)
  assert.deepEqual(file.configuration.registries, [{ prefix: 'two.test', caFile: 'ca.crt', ca: two.cert }])
})

test('the files that it names are followed: an authority, and a pair of which one half comes first', async (t) => {
  const both =
    'registries: [{ prefix: q.test, caFile: ca.pem, clientCertificate: { certFile: tls.crt, keyFile: tls.key } }]'
  const { open, directory, lines } = await setUp(t, both)
  const file = await open()
  await writeFile(join(directory, 'ca.pem'), two.cert)
  assert.deepEqual(await settle(file), ONCE)
  assert.equal(file.configuration.registries[0]!.ca, two.cert)
  await writeFile(join(directory, 'tls.crt'), two.cert)
  assert.equal(await file.look(), false)
  await writeFile(join(directory, 'tls.key'), two.key)
  assert.deepEqual(await settle(file), ONCE)
  assert.deepEqual(file.configuration.registries[0]!.client, two)
  assert.ok(lines.every((line) => line.startsWith('registries are configured')))
})

test('half a document is none: what is still being written is not taken', async (t) => {
  const allowed = 'allowedRegistriesForImport: [{ domainName: quay.io }]'
  const { open, path } = await setUp(t, allowed)
  const file = await open()
  for (const half of ['', '# a document without an allow-list', '# a longer document without an allow-list']) {
    await writeFile(path, half)
    assert.equal(await file.look(), false)
    assert.equal(file.configuration.allowedRegistriesForImport?.length, 1)
  }
  await writeFile(path, `${allowed}\nrefresh: 10m`)
  assert.deepEqual(await settle(file), ONCE)
  assert.equal(file.configuration.refresh, 600_000)
})

test('what is wrong is told once, with what to do, and the last good one goes on until it is put right', async (t) => {
  const { open, path, directory, lines } = await setUp(t, text('one.test'))
  const file = await open()
  const bad: [change: () => Promise<void>, says: RegExp][] = [
    [() => writeFile(path, 'registrys: []'), /the last good one goes on .*line 1: there is no field \\"registrys\\"/],
    [() => rm(path), /registries.yaml cannot be read: ENOENT/],
    // As a disk that is full leaves it.
    [() => writeFile(path, ''), /the document is empty: to say nothing, write \{\}/],
    [() => writeFile(path, ca.replace('ca.pem', 'new.pem')), /new.pem cannot be read: ENOENT/],
    [() => writeFile(join(directory, 'new.pem'), one.key), /there is no certificate in PEM/],
  ]
  for (const [change, says] of bad) {
    lines.length = 0
    await change()
    for (let i = 0; i < 3; i++) assert.deepEqual(await settle(file), NEVER)
    assert.deepEqual(prefixes(file), ['one.test'])
    assert.equal(lines.length, 1)
    assert.match(lines[0]!, says)
    assert.doesNotMatch(lines[0]!, /PRIVATE KEY/)
  }
  // The one that it names alone is put right.
  await writeFile(join(directory, 'new.pem'), one.cert)
  assert.equal((await settle(file)).filter(Boolean).length, 1)
  assert.equal(file.configuration.registries[0]!.ca, one.cert)
  assert.match(lines.at(-1)!, /^registries are configured/)
})

for (const nothing of ['{}', 'registries: []', '# nothing'])
  test(`${nothing} says nothing on purpose`, async (t) => {
    const { open, path } = await setUp(t, text('one.test'))
    const file = await open()
    await writeFile(path, nothing)
    assert.deepEqual(await settle(file), ONCE)
    assert.deepEqual(file.configuration, { registries: [] })
  })

test('a pipe in its place, or in that of a file that it names, is refused without waiting for a writer', async (t) => {
  const { open, path, directory, lines } = await setUp(t, ca)
  const file = await open()
  for (const name of ['ca.pem', 'registries.yaml']) {
    await rm(join(directory, name))
    execFileSync('mkfifo', [join(directory, `${name}.pipe`)])
    await symlink(`${name}.pipe`, join(directory, name))
    assert.deepEqual(await settle(file), NEVER)
    assert.match(lines.at(-1)!, new RegExp(`the last good one goes on .*${name} is no regular file`))
    await rm(join(directory, name))
    await writeFile(join(directory, name), name === 'ca.pem' ? one.cert : ca)
    await settle(file)
  }
  await rm(path)
  await symlink('registries.yaml.pipe', path)
  await assert.rejects(open(), /registries.yaml is no regular file/)
})

test('a file system that does not answer is told of, and does not hold up the end', async (t) => {
  const { open, lines } = await setUp(t, text('one.test'))
  const file = await open()
  const begun = Promise.withResolvers<void>()
  const look = t.mock.method(file, 'look', () => {
    begun.resolve()
    return new Promise<boolean>(() => {})
  })
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const stop = new AbortController()
  const run = file.run(stop.signal, () => assert.fail('nothing is new'))
  t.mock.timers.tick(2_000)
  await begun.promise
  assert.deepEqual(lines, [])
  t.mock.timers.tick(60_000)
  assert.match(lines.join('\n'), /^the configuration of registries is not used: .*has not answered for 10 seconds"}$/)
  assert.equal(look.mock.callCount(), 1)
  stop.abort()
  await run
})

test('it is followed until the signal, and no longer', async (t) => {
  const { open, path } = await setUp(t, text('one.test'))
  const file = await open()
  const stop = new AbortController()
  const told: RegistriesConfiguration[] = []
  const run = file.run(stop.signal, (configuration) => void told.push(configuration))
  await writeFile(path, text('two.test'))
  await eventually(() => assert.equal(told.length, 1), { timeout: 20_000 })
  assert.equal(told[0], file.configuration)
  stop.abort()
  await run
})
