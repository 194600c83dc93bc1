import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exact } from '../oci/reference.ts'
import type { RegistryConfiguration } from './configuration.ts'
import { sourcesOf } from './mirrors.ts'
import { registriesOf } from './prefix.ts'

const table: [prefix: string, location: string, host: string, name: string, source: string | undefined][] = [
  ['quay.io', 'm.io', 'quay.io', 'team/app', 'm.io/team/app'],
  ['quay.io', 'm.io:5000/quay', 'quay.io', 'team/app', 'm.io:5000/quay/team/app'],
  ['quay.io/team', 'm.io/a/b', 'quay.io', 'team/app', 'm.io/a/b/app'],
  ['quay.io/team/app', 'm.io/copy', 'quay.io', 'team/app', 'm.io/copy'],
  ['docker.io', 'm.io/hub', 'registry-1.docker.io', 'library/busybox', 'm.io/hub/library/busybox'],
  ['*.io', 'm.test', 'quay.io', 'app', 'm.test/app'],
  ['quay.io', 'docker.io/copies', 'quay.io', 'app', 'docker.io/copies/app'],
  // There is no repository without a name.
  ['quay.io/team/app', 'm.io', 'quay.io', 'team/app', undefined],
  ['quay.io/team', 'm.io', 'quay.io', 'other/app', undefined],
]
for (const [prefix, location, host, name, source] of table)
  test(`${host}/${name} is ${source} where ${location} mirrors ${prefix}`, () => {
    const registries = registriesOf({ registries: [{ prefix, mirrors: [{ location }] }] })
    const { mirrors, only } = sourcesOf(registries, host, name)
    assert.deepEqual(
      mirrors.map(({ reference }) => exact(reference)),
      source === undefined ? [] : [source],
    )
    assert.equal(only, false)
  })

test('the most specific prefix says all mirrors, and their order', () => {
  const entries: RegistryConfiguration[] = [
    { prefix: 'quay.io', mirrors: [{ location: 'a.io' }] },
    {
      prefix: 'quay.io/team',
      mirrors: [{ location: 'c.io', insecure: true }, { location: 'b.io' }],
      mirrorsOnly: true,
    },
  ]
  const registries = registriesOf({ registries: entries })
  const { mirrors, only } = sourcesOf(registries, 'quay.io', 'team/app')
  assert.deepEqual(
    mirrors.map(({ host, name, insecure }) => [host, name, insecure]),
    [
      ['c.io', 'app', true],
      ['b.io', 'app', false],
    ],
  )
  assert.equal(only, true)
})

test('hosts of mirrors are known, with their ports', () => {
  const { isMirror } = registriesOf({ registries: [{ prefix: 'quay.io', mirrors: [{ location: 'M.io:5000/a' }] }] })
  assert.equal(isMirror('m.io:5000'), true)
  for (const host of ['m.io', 'quay.io', 'm.io:5001']) assert.equal(isMirror(host), false)
})
