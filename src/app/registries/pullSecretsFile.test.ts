import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../../test/support/processes.ts'
import { StartupError } from '../startup.ts'
import { readPullSecrets } from './pullSecretsFile.ts'

const directory = temporaryDirectory('pull-secrets')
const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text)
  return path
}

test("a config.json of Docker's is a pull secret", async () => {
  const text = '{"auths":{"r.io":{"auth":"dTpw"}},"credsStore":"desktop"}'
  const { type, data } = await readPullSecrets(file('config.json', text))
  assert.equal(type, 'kubernetes.io/dockerconfigjson')
  assert.equal(Buffer.from(data['.dockerconfigjson']!, 'base64').toString(), text)
})

const broken: [what: string, path: string, says: RegExp][] = [
  ['is not there', join(directory, 'missing'), /^--pull-secrets: ENOENT/],
  ['is a directory', directory, /^--pull-secrets: EISDIR/],
  ['is no JSON', file('text', 'hunter2'), /^--pull-secrets \S+: the file is not a JSON object$/],
  ['has no map', file('list', '{"auths":["hunter2"]}'), /^--pull-secrets \S+: auths of the file is not a JSON object$/],
  [
    'has a bad entry',
    file('bad', '{"auths":{"r.io":{"auth":"hunter2!"}}}'),
    /: the file holds an entry that is no cred/,
  ],
  ['is too large', file('large', 'hunter2'.repeat(200_000)), /the file has more than 1048576 bytes$/],
]
for (const [what, path, says] of broken) {
  test(`a file that ${what} ends the start, and nothing of it is told`, async () => {
    await assert.rejects(readPullSecrets(path), (error) => {
      assert.ok(error instanceof StartupError)
      assert.match(error.message, says)
      assert.doesNotMatch(error.message, /hunter2/)
      return true
    })
  })
}
