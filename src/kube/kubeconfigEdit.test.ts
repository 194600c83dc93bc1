import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { parse } from 'yaml'
import { KubeconfigError } from './access.ts'
import { writeSwitch } from './kubeconfigEdit.ts'

const directory = mkdtempSync(join(tmpdir(), 'millrace-kubeconfig-'))
after(() => rmSync(directory, { recursive: true }))

const file = (name: string, content: string, mode = 0o600): string => {
  const path = join(directory, name)
  writeFileSync(path, content, { mode })
  return path
}
const change = {
  current: 'new',
  clusters: { name: 'c', cluster: { server: 'https://new' } },
  users: { name: 'u', user: { token: 'yes' } },
  contexts: { name: 'new', context: { cluster: 'c', user: 'u', namespace: 'on' } },
}

test('the entries are put in, and everything else stays as it was written', async () => {
  const long = 'x'.repeat(300)
  const path = file(
    'whole',
    `# mine
apiVersion: v1
kind: Config
preferences: {}
clusters:
- name: c # replaced
  cluster:
    server: https://old
    certificate-authority: old.crt
- name: other
  cluster:
    server: https://other # stays
    certificate-authority-data: ${long}
    extensions:
    - name: x
      extension: {date: 2001-12-14T00:00:00Z, digits: 12345678901234567890, version: 1.10}
users: null
contexts:
- name: old
  context: {cluster: c, user: u}
current-context: old
further: [1, two]
`,
  )
  await writeSwitch(path, change)
  assert.equal(
    readFileSync(path, 'utf8'),
    `# mine
apiVersion: v1
kind: Config
preferences: {}
clusters:
- name: c # replaced
  cluster:
    server: https://new
- name: other
  cluster:
    server: https://other # stays
    certificate-authority-data: ${long}
    extensions:
    - name: x
      extension: {date: "2001-12-14T00:00:00Z", digits: 12345678901234567890, version: 1.10}
users:
- user:
    token: "yes"
  name: u
contexts:
- name: old
  context: {cluster: c, user: u}
- context:
    cluster: c
    user: u
    namespace: "on"
  name: new
current-context: new
further: [1, two]
`,
  )
})

test('a file that was open to others is closed, and one that says it already is not touched', async () => {
  const path = file('open', '{"clusters":[]}', 0o644)
  await writeSwitch(path, change)
  const { ino, mode } = statSync(path)
  assert.equal(mode & 0o777, 0o600)
  await writeSwitch(path, change)
  assert.equal(statSync(path).ino, ino)
  assert.equal((parse(readFileSync(path, 'utf8')) as { clusters: object[] }).clusters.length, 1)
})

test('a missing file is made, with its directory', async () => {
  const path = join(directory, 'new', '.kube', 'config')
  await writeSwitch(path, change)
  assert.deepEqual(parse(readFileSync(path, 'utf8')), {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server: 'https://new' } }],
    users: [{ name: 'u', user: { token: 'yes' } }],
    contexts: [{ name: 'new', context: { cluster: 'c', user: 'u', namespace: 'on' } }],
    'current-context': 'new',
  })
  assert.equal(statSync(join(directory, 'new', '.kube')).mode & 0o777, 0o700)
})

test('what a link leads to is written', async () => {
  const path = file('real', 'current-context: a\n')
  const link = join(directory, 'link')
  symlinkSync(path, link)
  await writeSwitch(link, { current: 'b' })
  assert.equal(readFileSync(path, 'utf8'), 'current-context: b\n')
  assert.equal(readFileSync(link, 'utf8'), 'current-context: b\n')
})

test('files below the kubeconfig are named as seen from it, others by their whole path', async () => {
  const path = file('paths', '')
  const user = { 'client-certificate': join(directory, 'sub/c.crt'), 'client-key': '/elsewhere/k', token: directory }
  await writeSwitch(path, { current: 'x', users: { name: 'u', user } })
  const { users } = parse(readFileSync(path, 'utf8')) as { users: { user: object }[] }
  assert.deepEqual(users[0]!.user, { ...user, 'client-certificate': 'sub/c.crt' })
})

test('several writers lose nothing of each other', async () => {
  const path = file('many', '')
  const names = Array.from({ length: 8 }, (_, i) => `c${i}`)
  await Promise.all(names.map((name) => writeSwitch(path, { current: name, contexts: { name, context: {} } })))
  const { contexts } = parse(readFileSync(path, 'utf8')) as { contexts: { name: string }[] }
  assert.deepEqual(contexts.map(({ name }) => name).toSorted(), names)
  assert.equal(existsSync(`${path}.lock`), false)
})

test('what cannot be written is one line that says what to do', async () => {
  const locked = file('locked', 'kept')
  writeFileSync(`${locked}.lock`, '')
  mkdirSync(join(directory, 'directory'))
  const cases: [string, RegExp][] = [
    [locked, /locked\.lock is there: another program changes the kubeconfig; if none does, remove that file$/],
    [file('broken', 'a: ['), /^cannot read the kubeconfig .*broken: /],
    [file('list', '[]'), /list is not a kubeconfig$/],
    [join(directory, 'directory'), /^cannot write the kubeconfig .*EISDIR/],
  ]
  for (const [path, message] of cases) {
    const failed = (e: unknown) => e instanceof KubeconfigError && message.test(e.message) && !e.message.includes('\n')
    await assert.rejects(writeSwitch(path, change), failed)
  }
  assert.equal(readFileSync(locked, 'utf8'), 'kept')
})
