import assert from 'node:assert/strict'
import { test } from 'node:test'
import { measuring } from '../../test/support/exposition.ts'
import type { ImageStreamImport } from '../core/image/types.ts'
import { OTHER } from '../core/machinery/metrics.ts'
import { ImportMeter } from './importMeter.ts'

const [GOOD, BAD] = ['success', 'error'].map((what) => `openshift_imagestreamcontroller_${what}_count`)

/** An answered import of one image. */
const imported = (name: string, status: object): ImageStreamImport =>
  ({
    spec: { import: true, images: [{ from: { kind: 'DockerImage', name } }] },
    status: { images: [{ status }] },
  }) as unknown as ImageStreamImport

const nothing = new Set<string>()

test('registries that users name are told apart up to a limit, whether they answer or not', async () => {
  const { metrics, value, read } = measuring()
  const meter = new ImportMeter(metrics)
  for (let i = 0; i < 1000; i++) {
    meter.answered(imported(`h${i}.test/a`, { status: 'Success' }), nothing)
    meter.answered(imported(`h${i}.test/a`, { status: 'Failure', reason: 'NotFound' }), nothing)
  }
  assert.deepEqual([await value(GOOD!), await value(BAD!)], [1000, 1000])
  assert.deepEqual([await value(GOOD!, { registry: OTHER }), await value(BAD!, { registry: OTHER })], [950, 950])
  const all = await read()
  assert.deepEqual([all.get(GOOD!)?.samples.length, all.get(BAD!)?.samples.length], [51, 51])
})

test('what is no reference, and what gives no reason, has a name of its own', async () => {
  const { metrics, value } = measuring()
  const meter = new ImportMeter(metrics)
  meter.answered(imported('NOT a reference', { status: 'Failure', reason: 'Invalid' }), nothing)
  meter.answered(imported('busybox', { status: 'Failure' }), nothing)
  assert.equal(await value(BAD!, { registry: '', reason: 'InvalidImageReference' }), 1)
  assert.equal(await value(BAD!, { registry: 'docker.io', reason: 'Unknown' }), 1)
})
