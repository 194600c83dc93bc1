// Reading a stream with a very long history, held against one with a short one: as a row of a table, as metadata, one of its tags.
// Who does not ask for the history must not pay for it. The whole object is shown for comparison.
import { measure, type Rate } from './measure.ts'
import { rate, type Row } from './table.ts'
import { CONCURRENCY, IMAGE_API, type World } from './world.ts'

/** Events of the two streams. */
const [SHORT, LONG] = [5, 5_000]
const GETS = 2_000
const WHOLE = 200

const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }
const METADATA = { accept: 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io' }

export async function benchHistories(world: World): Promise<Row[]> {
  await createImage(world)
  for (const events of [SHORT, LONG]) await createStream(world, events)
  const { client } = world
  const compare = async (what: string, count: number, path: string, headers: object): Promise<Row> => {
    const read = (events: number) =>
      measure(count, CONCURRENCY, () => client.drain(path.replace('N', `${events}`), headers))
    await read(SHORT)
    const [short, long] = [await read(SHORT), await read(LONG)]
    return row(what, short, long)
  }
  const stream = `${IMAGE_API}/imagestreams/history-N`
  const tag = `${IMAGE_API}/imagestreamtags/history-N:v1`
  const rows = [
    await compare('as a table row', GETS, stream, TABLE),
    await compare('as metadata', GETS, stream, METADATA),
    await compare('its tag', GETS, tag, {}),
  ]
  const whole = await compare('as a whole', WHOLE, stream, {})
  return [...rows.map((r): Row => Object.assign(r, { aim: { text: '2 times', met: r.ratio <= 2 } })), whole]
}

/** Ratio of times: how many times longer the long history takes. */
function row(what: string, short: Rate, long: Rate): Row {
  return {
    what: `GET stream of ${LONG} events ${what}`,
    value: rate(long),
    baseline: `${rate(short)} (${SHORT} events)`,
    ratio: short.perSecond / long.perSecond,
  }
}

/** The image that both tags mean. */
function createImage({ client }: World): Promise<unknown> {
  return client.send('POST', '/apis/image.openshift.io/v1/images', {
    apiVersion: 'image.openshift.io/v1',
    kind: 'Image',
    metadata: { name: digest(0) },
    dockerImageReference: `registry.example.com/team/app@${digest(0)}`,
  })
}

const digest = (i: number): string => `sha256:${i.toString(16).padStart(64, '0')}`

async function createStream({ client }: World, events: number): Promise<void> {
  const name = `history-${events}`
  const streams = `${IMAGE_API}/imagestreams`
  const items = Array.from({ length: events }, (_, i) => ({
    created: '2026-01-01T00:00:00Z',
    dockerImageReference: `registry.example.com/team/app@${digest(i)}`,
    image: digest(i),
    generation: events - i,
  }))
  const created = await client.send<object>('POST', streams, {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStream',
    metadata: { name },
  })
  await client.send('PUT', `${streams}/${name}/status`, { ...created, status: { tags: [{ tag: 'v1', items }] } })
}
