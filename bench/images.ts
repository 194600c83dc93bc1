// A registry full of images, and what it takes to fetch them without anything around.
import { Pool } from 'undici'
import { pushImage, startRegistry } from '../test/support/registry.ts'
import { inParallel, measure, type Rate } from './measure.ts'

const ACCEPT = 'application/vnd.docker.distribution.manifest.v2+json'

export interface Images {
  /** host:port of the registry. */
  readonly host: string
  /** Repository of the image with this index; its tag is `latest`. */
  repository(index: number): string
  /** Pull spec of that image. */
  pullSpec(index: number): string
  /** Gets manifest and config of `count` images, which an import cannot do without. */
  bareFetches(count: number, concurrency: number): Promise<Rate>
  stop(): Promise<void>
}

/** Starts the registry and pushes so many images, each in a repository of its own. */
export async function startImages(count: number, concurrency: number): Promise<Images> {
  const registry = await startRegistry()
  const repository = (index: number): string => `bench/image${index}`
  await inParallel(count, concurrency, (i) =>
    pushImage(registry.host, repository(i), 'latest', { files: { n: `${i}` } }),
  )
  return {
    host: registry.host,
    repository,
    pullSpec: (index) => `${registry.host}/${repository(index)}:latest`,
    async bareFetches(wanted, parallel) {
      const pool = new Pool(`http://${registry.host}`, { connections: parallel })
      const get = async (path: string): Promise<unknown> => {
        const answer = await pool.request({ method: 'GET', path, headers: { accept: ACCEPT } })
        return answer.body.json()
      }
      const result = await measure(wanted, parallel, async (i) => {
        const base = `/v2/${repository(i)}`
        const manifest = (await get(`${base}/manifests/latest`)) as { config: { digest: string } }
        await get(`${base}/blobs/${manifest.config.digest}`)
      })
      await pool.close()
      return result
    },
    stop: () => registry.stop(),
  }
}
