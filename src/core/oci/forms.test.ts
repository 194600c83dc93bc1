import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as forms from './forms.ts'
import { formatReference } from './reference.fixture.ts'
import { exact, parseReference, type Reference } from './reference.ts'

const D = `sha256:${'ab'.repeat(32)}`
const p = parseReference

const table: [string, (r: Reference) => string, [string, string][]][] = [
  [
    'withClientDefaults',
    (r) => formatReference(forms.withClientDefaults(r)),
    [
      ['busybox', 'docker.io/library/busybox:latest'],
      ['team/app:1', 'docker.io/team/app:1'],
      ['quay.io/app', 'quay.io/app:latest'],
      [`quay.io/app@${D}`, `quay.io/app:latest@${D}`],
    ],
  ],
  [
    'registryUrl',
    forms.registryUrl,
    [
      ['busybox', 'https://registry-1.docker.io'],
      ['index.docker.io/a', 'https://registry-1.docker.io'],
      ['quay.io:8443/a/b', 'https://quay.io:8443'],
    ],
  ],
  [
    'repositoryName',
    forms.repositoryName,
    [
      ['busybox', 'library/busybox'],
      ['quay.io/app', 'app'],
      ['quay.io/a/b/c', 'a/b/c'],
    ],
  ],
  [
    'pullSpec',
    forms.pullSpec,
    [
      ['docker.io/busybox:1', 'docker.io/library/busybox:1'],
      ['index.docker.io/team/app:1', 'index.docker.io/team/app:1'],
      ['busybox', 'busybox'],
      [`quay.io/app:1@${D}`, `quay.io/app@${D}`],
    ],
  ],
  ['asRepository', (r) => exact(forms.asRepository(r)), [[`q.io/a/b:t@${D}`, 'q.io/a/b']]],
  ['withTag', (r) => exact(forms.withTag(r, 'x')), [[`q.io/a/b:t@${D}`, 'q.io/a/b:x']]],
  ['withDigest', (r) => exact(forms.withDigest(r, D)), [['q.io/a/b:t', `q.io/a/b@${D}`]]],
]

for (const [name, form, rows] of table) {
  for (const [from, to] of rows) {
    test(`${name}: ${from.slice(0, 40)} is ${to.slice(0, 40)}`, () => assert.equal(form(p(from)), to))
  }
}

test('hostPort: explicit port, else by transport', () => {
  assert.deepEqual(forms.hostPort(p('quay.io/a'), false), { host: 'quay.io', port: '443' })
  assert.deepEqual(forms.hostPort(p('quay.io/a'), true), { host: 'quay.io', port: '80' })
  assert.deepEqual(forms.hostPort(p('quay.io:5000/a'), true), { host: 'quay.io', port: '5000' })
  assert.deepEqual(forms.hostPort(p('docker.io/a'), false), { host: 'registry-1.docker.io', port: '443' })
  assert.deepEqual(forms.hostPort(p('a'), false), { host: 'docker.io', port: '443' })
})
