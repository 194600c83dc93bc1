import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { generated } from './generated.ts'

const ROOT = join(import.meta.dirname, '..')

for (const [path, text] of generated()) {
  test(`${path} is what the source makes of it`, () => {
    assert.equal(readFileSync(join(ROOT, path), 'utf8'), text, 'npm run generate writes it anew')
  })
}

test('the chart has no other files', () => {
  const files = readdirSync(join(ROOT, 'deploy/helm'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
  assert.deepEqual(
    files.toSorted(),
    [...generated().keys()].filter((path) => path.startsWith('deploy/helm/')).toSorted(),
  )
})
