// What the benchmarks work on: a registry full of images, a server, and a client of it.
import { readFile } from 'node:fs/promises'
import { pushImage, startRegistry } from '../test/support/registry.ts'
import { startStandalone, type Standalone } from '../test/support/standalone.ts'
import { connect, type Client } from './client.ts'
import { inParallel } from './measure.ts'

/** Streams (each with one tag and its own image) of the memory, GET and LIST measurements. */
export const STREAMS = 1_000
/** Requests under way at a time. */
export const CONCURRENCY = 16

export const IMAGE_API = '/apis/image.openshift.io/v1/namespaces/default'

export interface World {
  /** host:port of the registry. */
  registry: string
  server: Standalone
  client: Client
  /** Repository of the image of the stream with this index; the tag is `latest`. */
  repository(index: number): string
  /** Resident memory of the server in megabytes (10^6 bytes). */
  memory(): Promise<number>
  close(): Promise<void>
}

/** Starts registry and server and pushes an image for each stream. */
export async function createWorld(): Promise<World> {
  const registry = await startRegistry()
  // The first start after a change of the source fills the compile cache, which takes memory and time.
  await (await startStandalone()).stop()
  const server = await startStandalone()
  const client = connect(server.kubeconfig, CONCURRENCY)
  const repository = (index: number) => `bench/image${index}`
  await inParallel(STREAMS, CONCURRENCY, (i) =>
    pushImage(registry.host, repository(i), 'latest', { files: { n: `${i}` } }),
  )
  return {
    registry: registry.host,
    server,
    client,
    repository,
    memory: () => residentMemory(server.pid),
    async close() {
      await client.close()
      await server.stop()
      await registry.stop()
    },
  }
}

async function residentMemory(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}
