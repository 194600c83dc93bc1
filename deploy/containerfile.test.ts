// What the Containerfile says, against what it is made from. Building it takes a container engine; docs/package.md says how.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../test/support/processes.ts'
import { deployment } from '../src/install/objects/deployment.ts'
import { CONTAINER_PORT } from '../src/install/objects/service.ts'
import { DEFAULTS } from '../src/install/settings.ts'

const ROOT = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')
const file = read('Containerfile').replaceAll(/\\\n\s*/g, '')
const manifest = JSON.parse(read('package.json')) as {
  version: string
  description: string
  license: string
  files: string[]
  dependencies: { node: string }
}

/** The arguments of all instructions of that name. */
const all = (instruction: string): string[] =>
  [...file.matchAll(new RegExp(`^${instruction} (.+)$`, 'gm'))].map(([, rest]) => rest!)
const sources = all('COPY')
  .filter((rest) => !rest.startsWith('--from'))
  .flatMap((rest) => rest.split(' ').slice(0, -1))

test('copies what is there, and nothing else gets into a build', () => {
  assert.ok(sources.length > 8)
  for (const path of sources) assert.ok(existsSync(join(ROOT, path)), path)
  const [first, ...others] = read('.containerignore')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
  assert.equal(first, '*')
  assert.deepEqual(others.toSorted(), sources.map((path) => `!${path}`).toSorted())
})

test('copies all that is packed, but for what it builds', () => {
  const isCopied = (path: string) => sources.some((source) => `${path}/`.startsWith(`${source}/`))
  assert.deepEqual(
    manifest.files.filter((path) => !isCopied(path)),
    ['dist'],
  )
})

test('builds on the Node that all tests run on', () => {
  const base = 'docker.io/library/node:${NODE}-slim'
  assert.deepEqual(all('FROM'), [`${base} AS build`, base])
  assert.ok(all('ARG').includes(`NODE=${manifest.dependencies.node}`))
})

test('its labels say what package.json says', () => {
  const labels = [...all('LABEL')[0]!.matchAll(/org\.opencontainers\.image\.(\S+?)="(.*?)"/g)]
  assert.deepEqual(Object.fromEntries(labels.map(([, key, value]) => [key, value])), {
    title: 'Millrace',
    description: manifest.description,
    version: manifest.version,
    revision: '$REVISION',
    licenses: manifest.license,
    'base.name': 'docker.io/library/node:${NODE}-slim',
  })
  // An argument from before the first FROM has a value in a stage only where that asks for it again.
  assert.match(file, /\nARG NODE\nARG REVISION=unknown\nLABEL /)
})

test('deletes no license of what it ships', () => {
  const [expression] = /find node_modules .*(?= -delete)/.exec(file) ?? []
  assert.ok(expression)
  const directory = temporaryDirectory()
  mkdirSync(join(directory, 'node_modules'))
  const names = ['LICENSE.md', 'license.md', 'LICENCE.md', 'NOTICE.md', 'README.md', 'a.d.ts', 'a.js.map', 'a.js']
  for (const name of names) writeFileSync(join(directory, 'node_modules', name), '')
  const found = execFileSync('sh', ['-c', expression], { cwd: directory, encoding: 'utf8' }).trim().split('\n')
  assert.deepEqual(
    found.toSorted(),
    ['README.md', 'a.d.ts', 'a.js.map'].map((name) => `node_modules/${name}`),
  )
})

test('runs as the pods of the Deployment do, with the program on the PATH', () => {
  const settings = { ...DEFAULTS, image: 'i', version: manifest.version }
  const { spec } = deployment(settings) as unknown as {
    spec: { template: { spec: { securityContext: { runAsUser: number; runAsGroup: number } } } }
  }
  const { runAsUser, runAsGroup } = spec.template.spec.securityContext
  assert.deepEqual(all('USER'), [`${runAsUser}:${runAsGroup}`])
  assert.deepEqual(all('EXPOSE'), [String(CONTAINER_PORT)])
  assert.deepEqual([...all('ENTRYPOINT'), ...all('CMD')], ['["/opt/millrace/bin/millrace"]', '["server"]'])
  assert.deepEqual(all('COPY --from=build'), ['/package /opt/millrace'])
  assert.ok(all('RUN').includes('ln -s /opt/millrace/bin/millrace /usr/local/bin/millrace'))
})
