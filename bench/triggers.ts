// From a tag's change to the new image in 1 and in 300 Deployments. Baseline: as many bare patches of the same field, sent by
// a client with 16 connections to the same server.
import { eventually } from '../test/support/eventually.ts'
import { triggersFor, workload } from '../test/support/manifests.ts'
import { inParallel, median } from './measure.ts'
import type { Client } from './client.ts'
import type { Row } from './table.ts'
import { CONCURRENCY } from './world.ts'

/** No bare name, which might mean a stream: admission would be asked. */
const PLAIN = 'registry.example.com/before:1'
const MANY = 300
const ROUNDS = 5

interface Deployment {
  metadata: { name: string; generation: number }
  spec: { template: { spec: { containers: { image: string }[] } } }
  status?: { observedGeneration?: number; updatedReplicas?: number; replicas?: number }
}
interface DeploymentList {
  metadata: { resourceVersion: string }
  items: Deployment[]
}

/** Where the Deployments are made. */
export interface TriggerOptions {
  /** Path of the image streams `image0`, `image1`, …, whose tags `latest` are images. */
  images: string
  /** A namespace that is made for it. */
  namespace: string
  /** Of each Deployment. */
  replicas: number
  /**
   * Begin a measurement when all rollouts before are over. A kube-controller-manager takes minutes for that (it sends 20
   * requests a second), and is as busy in the baseline as in what is held against it.
   */
  settle: boolean
}

interface World {
  client: Client
  /** Path of the Deployments. */
  deployments: string
  /** Path of the tags that they follow. */
  tags: string
  /** Namespace of the images. */
  source: string
  replicas: number
  settle: boolean
}

export async function benchTriggers(
  client: Client,
  { images, namespace, replicas, settle }: TriggerOptions,
): Promise<Row[]> {
  const [base, source = ''] = images.split('/namespaces/')
  const world: World = {
    client,
    deployments: `/apis/apps/v1/namespaces/${namespace}/deployments`,
    tags: `${base}/namespaces/${namespace}/imagestreamtags`,
    source,
    replicas,
    settle,
  }
  await client.send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  })
  await moveTag(world, 'one', 0)
  await moveTag(world, 'many', 0)
  await createDeployment(world, 'single', 'one')
  await inParallel(MANY, CONCURRENCY, (i) => createDeployment(world, `follower${i}`, 'many'))
  await inParallel(MANY, CONCURRENCY, (i) => createDeployment(world, `bare${i}`))
  const single: number[] = []
  const many: number[] = []
  const bare: number[] = []
  const one: number[] = []
  for (let round = 1; round <= ROUNDS; round++) {
    single.push(await timeToChange(world, 'single', 1, () => moveTag(world, 'one', round)))
    many.push(await timeToChange(world, 'follower', MANY, () => moveTag(world, 'many', round)))
    one.push(await timeToChange(world, 'bare', 1, () => patchImage(world, 'bare0', `${PLAIN}-one-${round}`)))
    const patchAll = () => inParallel(MANY, CONCURRENCY, (i) => patchImage(world, `bare${i}`, `${PLAIN}-all-${round}`))
    bare.push(await timeToChange(world, 'bare', MANY, patchAll))
  }
  return [
    row('tag to 1 Deployment', median(single), median(one), '1 bare patch'),
    {
      ...row(`tag to ${MANY} Deployments`, median(many), median(bare), `${MANY} bare patches`),
      aim: { text: '1.5 times the bare', met: median(many) <= 1.5 * median(bare) },
    },
  ]
}

const row = (what: string, milliseconds: number, baseline: number, name: string): Row => ({
  what,
  value: `${milliseconds.toFixed(0)} ms`,
  baseline: `${baseline.toFixed(0)} ms (${name})`,
  ratio: milliseconds / baseline,
})

/** Points a tag of the stream `wheel` at another image; the answer comes when the tag has moved. */
function moveTag({ client, tags, source }: World, tag: string, round: number): Promise<unknown> {
  const from = { kind: 'ImageStreamTag', namespace: source, name: `image${round}:latest` }
  const metadata = { name: `wheel:${tag}` }
  return client.send('PUT', `${tags}/wheel:${tag}`, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamTag',
    metadata,
    tag: { name: tag, from },
  })
}

function createDeployment({ client, deployments, replicas }: World, name: string, tag?: string): Promise<unknown> {
  const triggers = tag === undefined ? {} : { triggers: triggersFor(`wheel:${tag}`, name) }
  return client.send('POST', deployments, workload(name, { image: PLAIN, replicas, ...triggers }))
}

function patchImage({ client, deployments }: World, name: string, image: string): Promise<unknown> {
  const patch = { spec: { template: { spec: { containers: [{ name, image }] } } } }
  return client.send('PATCH', `${deployments}/${name}`, patch, 'application/strategic-merge-patch+json')
}

/** Milliseconds from the start of `act` until a watch has shown another image in `count` Deployments whose names begin so. */
async function timeToChange(world: World, prefix: string, count: number, act: () => Promise<unknown>): Promise<number> {
  const list = await settled(world)
  const imageOf = (d: Deployment) => d.spec.template.spec.containers[0]?.image
  const before = new Map(list.items.map((d) => [d.metadata.name, imageOf(d)]))
  const changed = new Set<string>()
  const done = new AbortController()
  const path = `${world.deployments}?watch=1&resourceVersion=${list.metadata.resourceVersion}`
  const start = performance.now()
  const acting = act()
  for await (const { object } of world.client.watch<{ object: Deployment }>(path, done.signal)) {
    const { name } = object.metadata
    if (name.startsWith(prefix) && imageOf(object) !== before.get(name)) changed.add(name)
    if (changed.size === count) break
  }
  const elapsed = performance.now() - start
  done.abort()
  await acting
  return elapsed
}

/** Waits until every rollout is over, so that no measurement pays for the one before. */
function settled({ client, deployments, replicas, settle }: World): Promise<DeploymentList> {
  return eventually(
    async () => {
      const list = await client.send<DeploymentList>('GET', deployments)
      if (!settle) return list
      const busy = list.items.find(
        ({ metadata, status }) =>
          status?.observedGeneration !== metadata.generation ||
          (status.updatedReplicas ?? 0) !== replicas ||
          (status.replicas ?? 0) !== replicas,
      )
      if (busy) throw new Error(`${busy.metadata.name} has not rolled out: ${JSON.stringify(busy.status)}`)
      return list
    },
    { timeout: 120_000, interval: 250 },
  )
}
