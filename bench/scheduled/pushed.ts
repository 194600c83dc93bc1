// From a registry's event to the patched Deployment: a tag moves, the registry delivers its webhook, and a watch shows the new image.
// Baseline: the same check, import and patch cannot take less than a bare patch of the Deployment.
import { workload, triggersFor } from '../../test/support/manifests.ts'
import { eventually } from '../../test/support/eventually.ts'
import type { Client } from '../client.ts'
import type { Row } from '../table.ts'
import { startRegistryProcess } from '../light/registryProcess.ts'

/** Deployments, each with a tag and a stream of its own: nobody pushes the same tag several times a second. */
const FOLLOWERS = 10
/** Of each tag. */
const PUSHES = 20
const AIM = 250
const PLAIN = 'registry.example.com/before:1'

/** Where it is measured. */
export interface PushedWorld {
  client: Client
  /** Path of the namespace's image API, and of its Deployments. */
  api: string
  deployments: string
  /** Delivers a webhook about these repositories of a registry. */
  deliver: (repositories: readonly string[]) => Promise<unknown>
}

interface Deployment {
  metadata: { name: string; resourceVersion: string }
  spec: { template: { spec: { containers: { image: string }[] } } }
}
interface DeploymentList {
  metadata: { resourceVersion: string }
  items: Deployment[]
}

export async function benchPushed({ client, api, deployments, deliver }: PushedWorld): Promise<Row[]> {
  const registry = await startRegistryProcess()
  const done = new AbortController()
  try {
    await registry.ask('fill', { repositories: FOLLOWERS, tags: 1 })
    for (let r = 0; r < FOLLOWERS; r++) {
      await client.send('POST', `${api}/imagestreams`, streamOf(registry.host, r))
      const name = `pushed${r}`
      const triggers = triggersFor(`${name}:latest`, name)
      await client.send('POST', deployments, workload(name, { image: PLAIN, replicas: 0, triggers }))
    }
    const first = await eventually(async () => {
      const list = await client.send<DeploymentList>('GET', deployments)
      if (list.items.some((each) => imageOf(each) === PLAIN)) throw new Error('the first images have not come')
      return list
    })
    const images = new Map(first.items.map((each) => [each.metadata.name, imageOf(each)]))
    const path = `${deployments}?watch=1&resourceVersion=${first.metadata.resourceVersion}`
    const events = client.watch<{ object: Deployment }>(path, done.signal)[Symbol.asyncIterator]()
    const times: number[] = []
    for (let i = 0; i < FOLLOWERS * PUSHES; i++) {
      const repository = `bench/r${i % FOLLOWERS}`
      await registry.ask('move', { tags: [{ repository, tag: 't0' }], seed: `${i}` })
      const begin = performance.now()
      const delivering = deliver([`${registry.host}/${repository}`])
      await changed(events, images, `pushed${i % FOLLOWERS}`)
      times.push(performance.now() - begin)
      await delivering
    }
    return [pushRow(times)]
  } finally {
    done.abort()
    await registry.stop()
  }
}

function streamOf(host: string, r: number): object {
  const from = { kind: 'DockerImage', name: `${host}/bench/r${r}:t0` }
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name: `pushed${r}`, annotations: { 'millrace.dev/refresh': '168h' } },
    spec: { tags: [{ name: 'latest', from, importPolicy: { insecure: true, scheduled: true } }] },
  }
}

/** Waits until a Deployment has another image. */
async function changed(
  events: AsyncIterator<{ object: Deployment }>,
  images: Map<string, string>,
  wanted: string,
): Promise<void> {
  for (;;) {
    const { value, done } = await events.next()
    if (done) throw new Error('the watch has ended')
    const { name } = value.object.metadata
    const before = images.get(name)
    images.set(name, imageOf(value.object))
    if (name === wanted && before !== imageOf(value.object)) return
  }
}

const imageOf = ({ spec }: Deployment): string => spec.template.spec.containers[0]!.image

function pushRow(times: readonly number[]): Row {
  const ascending = times.toSorted((a, b) => a - b)
  const at = (q: number): number => ascending[Math.floor(q * ascending.length)] ?? Number.NaN
  return {
    what: "from a registry's webhook to the patched Deployment",
    value: `p50 ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms`,
    baseline: `${times.length} pushes, one after the other`,
    ratio: Number.NaN,
    aim: { text: `p99 ${AIM} ms`, met: at(0.99) < AIM },
  }
}
