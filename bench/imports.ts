// Imports a second from a local registry, one stream and one image each. Baseline: the bare GETs of manifest and config that
// an import cannot do without.
import { Pool } from 'undici'
import { measure } from './measure.ts'
import { rate, type Row } from './table.ts'
import { CONCURRENCY, IMAGE_API, STREAMS, type World } from './world.ts'

const ACCEPT = 'application/vnd.docker.distribution.manifest.v2+json'

export async function benchImports(world: World): Promise<Row> {
  const bare = await bareFetches(world)
  const imports = await measure(STREAMS, CONCURRENCY, async (i) => {
    const answer = await world.client.send<{ status: { images: { image?: unknown }[] } }>(
      'POST',
      `${IMAGE_API}/imagestreamimports`,
      importOf(world, i),
    )
    if (!answer.status.images[0]?.image) throw new Error(`import ${i} failed: ${JSON.stringify(answer.status)}`)
  })
  return {
    what: 'imports',
    value: rate(imports),
    baseline: `${rate(bare)} (bare manifest and config GETs)`,
    ratio: imports.perSecond / bare.perSecond,
    aim: { text: '300/s', met: imports.perSecond >= 300 },
  }
}

function importOf(world: World, index: number): object {
  const from = { kind: 'DockerImage', name: `${world.registry}/${world.repository(index)}:latest` }
  return {
    apiVersion: 'image.openshift.io/v1',
    kind: 'ImageStreamImport',
    metadata: { name: `image${index}` },
    spec: { import: true, images: [{ from, to: { name: 'latest' }, importPolicy: { insecure: true } }] },
  }
}

async function bareFetches(world: World) {
  const pool = new Pool(`http://${world.registry}`, { connections: CONCURRENCY })
  const get = async (path: string) => {
    const answer = await pool.request({ method: 'GET', path, headers: { accept: ACCEPT } })
    return answer.body.json()
  }
  const result = await measure(STREAMS, CONCURRENCY, async (i) => {
    const base = `/v2/${world.repository(i)}`
    const manifest = (await get(`${base}/manifests/latest`)) as { config: { digest: string } }
    await get(`${base}/blobs/${manifest.config.digest}`)
  })
  await pool.close()
  return result
}
