// Imports a second from a local registry, one stream and one image each. Baseline: the bare GETs of manifest and config that
// an import cannot do without.
import type { Client } from './client.ts'
import { measure, type Rate } from './measure.ts'
import { rate, type Row } from './table.ts'
import { CONCURRENCY, IMAGE_API, STREAMS, type World } from './world.ts'

export async function benchImports({ client, images }: World): Promise<Row> {
  const bare = await images.bareFetches(STREAMS, CONCURRENCY)
  const imports = await postImports(client, IMAGE_API, STREAMS, (i) => images.pullSpec(i))
  return {
    what: 'imports',
    value: rate(imports),
    baseline: `${rate(bare)} (bare manifest and config GETs)`,
    ratio: imports.perSecond / bare.perSecond,
    aim: { text: '300/s', met: imports.perSecond >= 300 },
  }
}

/** Posts ImageStreamImports of these images into new streams (`image0`, `image1`, …), each with a tag `latest`. */
export function postImports(
  client: Client,
  api: string,
  count: number,
  pullSpec: (index: number) => string,
  prefix = 'image',
): Promise<Rate> {
  return measure(count, CONCURRENCY, async (i) => {
    const from = { kind: 'DockerImage', name: pullSpec(i) }
    const answer = await client.send<{ status: { images: { image?: unknown }[] } }>(
      'POST',
      `${api}/imagestreamimports`,
      {
        apiVersion: 'image.openshift.io/v1',
        kind: 'ImageStreamImport',
        metadata: { name: `${prefix}${i}` },
        spec: { import: true, images: [{ from, to: { name: 'latest' }, importPolicy: { insecure: true } }] },
      },
    )
    if (!answer.status.images[0]?.image) throw new Error(`import ${i} failed: ${JSON.stringify(answer.status)}`)
  })
}
