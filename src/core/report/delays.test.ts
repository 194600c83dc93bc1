import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { IMPORT_DELAYS } from './delays.ts'

test('every delay stands in the documentation, and none that is not there', async () => {
  const page = await readFile(new URL('../../../docs/spec/imports.md', import.meta.url), 'utf8')
  const [, table = ''] = /\| delay \| means \|\n\|---\|---\|\n((?:\|.*\n)+)/.exec(page) ?? []
  assert.deepEqual(
    [...table.matchAll(/^\| `(\w+)` \|/gm)].map(([, reason]) => reason),
    IMPORT_DELAYS,
  )
})
