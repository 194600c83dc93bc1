import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventually } from '../../../test/support/eventually.ts'
import { startInProcess } from '../../../test/support/inProcess.ts'
import type { Log } from '../../core/machinery/log.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { RESOURCES } from '../../install/resources.ts'
import { secretReceivers } from './receivers.ts'

const namespace = 'default'
const TOKEN = '0123456789abcdef'

/** A Secret; values are written in base64. */
const secret = (name: string, sender: string | undefined, values: Record<string, string>): KubeObject =>
  ({
    metadata: { name, ...(sender !== undefined && { labels: { 'millrace.dev/receiver': sender } }) },
    data: Object.fromEntries(Object.entries(values).map(([key, v]) => [key, Buffer.from(v).toString('base64')])),
  }) as KubeObject

test('Secrets with the label are receivers, for as long as they are there and as they should be', async (t) => {
  const { client } = await startInProcess()
  const stop = new AbortController()
  const lines: string[] = []
  const write = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`)
  const log: Log = { debug: write, info: write, warn: write, error: write }
  const receivers = secretReceivers({ client, namespace, log, signal: stop.signal })
  const running = receivers.run()
  t.after(async () => {
    stop.abort()
    await running
  })
  const target = { resource: RESOURCES.Secret, namespace }
  const create = (object: KubeObject) => client.create(target, object)
  await create(secret('no-receiver', undefined, { token: TOKEN }))
  await create(secret('short', 'quay', { token: 'short' }))
  await create(secret('empty', 'quay', {}))
  await create(secret('unknown', 'quai', { token: TOKEN }))
  await create(secret('hub', 'dockerhub', { token: `${TOKEN}\n` }))
  await create(secret('inner', 'harbor', { token: TOKEN, host: 'harbor.test' }))
  await eventually(() => assert.ok(receivers.get('inner')))
  assert.deepEqual(receivers.get('hub'), { name: 'hub', sender: 'dockerhub', secret: TOKEN })
  assert.deepEqual(receivers.get('inner'), { name: 'inner', sender: 'harbor', secret: TOKEN, host: 'harbor.test' })
  for (const name of ['no-receiver', 'short', 'empty', 'unknown']) assert.equal(receivers.get(name), undefined, name)
  for (const problem of [/"short".*at least 16/, /"empty".*no key/, /"unknown".*no sender is called/])
    assert.match(lines.join('\n'), problem)
  assert.ok(!lines.join().includes(TOKEN))

  await client.delete({ ...target, name: 'hub' })
  await eventually(() => assert.equal(receivers.get('hub'), undefined))
  await client.patch({ ...target, name: 'inner' }, 'merge', { data: { token: 'eA==' } })
  await eventually(() => assert.equal(receivers.get('inner'), undefined))
  await client.patch({ ...target, name: 'short' }, 'merge', { data: { token: Buffer.from(TOKEN).toString('base64') } })
  await eventually(() => assert.equal(receivers.get('short')?.sender, 'quay'))
})
