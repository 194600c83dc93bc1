import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startInProcess } from '../../../test/support/inProcess.ts'
import { rateMap } from './rateMap.ts'

test('a record is made by who writes first, and replaced by who has seen it', async () => {
  const { client } = await startInProcess()
  const [a, b] = [rateMap(() => client, 'default'), rateMap(() => client, 'default')]
  const nothing = await a.read()
  assert.deepEqual(nothing, { text: '', version: undefined })
  const first = await a.replace('1', nothing)
  assert.equal(first!.text, '1')
  assert.equal(await b.replace('2', nothing), undefined)
  const seen = await b.read()
  assert.deepEqual(seen, first)
  const second = await b.replace('2', seen)
  assert.equal(await a.replace('3', first!), undefined)
  assert.deepEqual(await a.read(), second)
  const target = { resource: { group: '', version: 'v1', plural: 'configmaps' }, namespace: 'default' }
  await client.delete({ ...target, name: 'millrace-rates' })
  assert.equal(await a.replace('4', second!), undefined)
  assert.deepEqual(await a.read(), nothing)
})

test('where it can never lie is an error, and not somebody else who was faster', async () => {
  const { client } = await startInProcess()
  const record = rateMap(() => client, 'nowhere')
  await assert.rejects(record.replace('1', await record.read()), /"nowhere" not found/)
})
