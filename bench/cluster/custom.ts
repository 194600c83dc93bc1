// Custom resources of 5 KB, created as fast as they go: what a cluster can do at most for whoever keeps objects in it.
import { setTimeout as delay } from 'node:timers/promises'
import type { Client } from '../client.ts'
import { measure, type Rate } from '../measure.ts'
import { CONCURRENCY } from '../world.ts'
import { eventually } from '../../test/support/eventually.ts'
import { NAMESPACE } from './world.ts'

const GROUP = 'bench.millrace.dev'
const DEFINITIONS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const OBJECTS = `/apis/${GROUP}/v1/namespaces/${NAMESPACE}/benchobjects`
const NAME = `benchobjects.${GROUP}`
/** Milliseconds. */
const SETTLE = 3_000
const CONTENT = 'x'.repeat(5_000)

/** Creates so many. The definition goes away with them afterwards. */
export async function createCustomResources(client: Client, count: number): Promise<Rate> {
  await client.send('POST', DEFINITIONS, definition())
  try {
    await eventually(() => client.drain(OBJECTS))
    const create = (name: string) =>
      client.send('POST', OBJECTS, {
        apiVersion: `${GROUP}/v1`,
        kind: 'BenchObject',
        metadata: { name },
        spec: { content: CONTENT },
      })
    // A new definition keeps the kube-apiserver busy for a moment.
    await delay(SETTLE)
    await measure(count / 5, CONCURRENCY, (i) => create(`warm${i}`))
    return await measure(count, CONCURRENCY, (i) => create(`object${i}`))
  } finally {
    await client.send('DELETE', `${DEFINITIONS}/${NAME}`)
  }
}

function definition(): object {
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: NAME },
    spec: {
      group: GROUP,
      scope: 'Namespaced',
      names: { plural: 'benchobjects', singular: 'benchobject', kind: 'BenchObject' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: open } }],
    },
  }
}
