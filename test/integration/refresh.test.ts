// How fresh scheduled tags are by default: by what is said of registries, else by the flag, else a minute.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startStandalone } from '../../src/app/standalone.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import type { Import } from '../../src/core/report/types.ts'
import { eventually } from '../support/eventually.ts'
import { temporaryDirectory } from '../support/processes.ts'

const NAMESPACE = 'default'
const STREAMS = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
const IMPORTS = { group: 'millrace.dev', version: 'v1alpha1', plural: 'imports' }

const cases: [name: string, options: { said?: string; refresh?: number }, expected: string][] = [
  ['a minute where nothing is said', {}, '1m'],
  ['what the flag says', { refresh: 300_000 }, '5m'],
  ['what the flag says, where the document says nothing of it', { said: 'registries: []', refresh: 300_000 }, '5m'],
  ['what the document says, before the flag', { said: 'refresh: 10m', refresh: 300_000 }, '10m'],
]
for (const [name, { said, refresh }, expected] of cases)
  test(name, async () => {
    const directory = temporaryDirectory('refresh')
    const registries = join(directory, 'registries.yaml')
    if (said !== undefined) writeFileSync(registries, said)
    const server = await startStandalone({
      port: 0,
      dataDir: join(directory, 'data'),
      ...(said !== undefined && { registries }),
      ...(refresh !== undefined && { refresh }),
      log: silent,
    })
    try {
      const tag = {
        name: 'v1',
        from: { kind: 'DockerImage', name: '127.0.0.1:1/app:v1' },
        importPolicy: { scheduled: true },
      }
      const stream = { metadata: { name: 'app' }, spec: { tags: [tag] } } as KubeObject
      await server.client.create({ resource: STREAMS, namespace: NAMESPACE }, stream)
      await eventually(async () => {
        const found = await server.client.get<Import>({ resource: IMPORTS, namespace: NAMESPACE, name: 'app:v1' })
        assert.equal(found.spec.refresh, expected)
      })
      if (said === undefined) return
      // Without a restart.
      writeFileSync(registries, 'refresh: 20m')
      await eventually(async () => {
        const found = await server.client.get<Import>({ resource: IMPORTS, namespace: NAMESPACE, name: 'app:v1' })
        assert.equal(found.spec.refresh, '20m')
      })
    } finally {
      await server.close()
    }
  })
