import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { IMPORT_REASONS } from './importReasons.ts'

test('every reason stands in the documentation with what to do, and none that is not there', async () => {
  const page = await readFile(new URL('../../../docs/spec/imports.md', import.meta.url), 'utf8')
  const rows = [...page.matchAll(/^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|$/gm)]
  assert.deepEqual(
    rows.map(([, reason]) => reason),
    IMPORT_REASONS,
  )
})
