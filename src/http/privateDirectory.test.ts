import assert from 'node:assert/strict'
import { stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryDirectory } from '../../test/support/processes.ts'
import { makePrivateDirectory } from './privateDirectory.ts'

const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

test('what is missing is made, for its owner alone; what is there stays', async () => {
  const path = join(temporaryDirectory(), 'a/b/c')
  await makePrivateDirectory(path)
  await makePrivateDirectory(path)
  assert.deepEqual([await mode(path), await mode(join(path, '..'))], [0o700, 0o700])
})

test('a file is no directory, and nothing is made below it', async () => {
  const file = join(temporaryDirectory(), 'file')
  await writeFile(file, '')
  await assert.rejects(makePrivateDirectory(file), { code: 'EEXIST' })
  await assert.rejects(makePrivateDirectory(join(file, 'a')), { code: 'ENOTDIR' })
})

test('a place where nothing can be made is an error, and not tried for ever', async () => {
  await assert.rejects(makePrivateDirectory('/proc/millrace/data'), { code: 'ENOENT' })
})
