// GET and LIST of image stream tags. Baselines on the same server: GET of the health check (the cost of a request), LIST of as
// many ConfigMaps (stored as they are, nothing to compute).
import { inParallel, measure } from './measure.ts'
import { rate, type Row } from './table.ts'
import { CONCURRENCY, IMAGE_API, STREAMS, type World } from './world.ts'

const CONFIGMAPS = '/api/v1/namespaces/bench/configmaps'
const GETS = 10_000
const LISTS = 60

export async function benchReads(world: World): Promise<Row[]> {
  const { client } = world
  const name = (i: number) => `${IMAGE_API}/imagestreamtags/image${i % STREAMS}:latest`
  await createConfigMaps(world)
  await measure(GETS / 5, CONCURRENCY, (i) => client.drain(name(i)))
  const health = await measure(GETS, CONCURRENCY, () => client.drain('/readyz'))
  const gets = await measure(GETS, CONCURRENCY, (i) => client.drain(name(i)))
  const plain = await measure(LISTS, 4, () => client.drain(CONFIGMAPS))
  const lists = await measure(LISTS, 4, () => client.drain(`${IMAGE_API}/imagestreamtags`))
  return [
    {
      what: 'GET imagestreamtag',
      value: rate(gets),
      baseline: `${rate(health)} (GET /readyz)`,
      ratio: gets.perSecond / health.perSecond,
      aim: { text: '5000/s', met: gets.perSecond >= 5_000 },
    },
    {
      what: `LIST ${STREAMS} imagestreamtags`,
      value: rate(lists),
      baseline: `${rate(plain)} (LIST ${STREAMS} configmaps)`,
      ratio: lists.perSecond / plain.perSecond,
    },
  ]
}

async function createConfigMaps({ client }: World): Promise<void> {
  await client.send('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bench' } })
  // About as long as an image stream tag in a list.
  const data = { reference: 'x'.repeat(300) }
  await inParallel(STREAMS, CONCURRENCY, (i) =>
    client.send('POST', CONFIGMAPS, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `c${i}` }, data }),
  )
}
