// What the benchmarks of a standalone server work on: a registry full of images, a server, and a client of it.
import { startStandalone, type Standalone } from '../test/support/standalone.ts'
import { connect, type Client } from './client.ts'
import { startImages, type Images } from './images.ts'
import { residentMemory } from './process.ts'

/** Streams (each with one tag and its own image) of the memory, GET and LIST measurements. */
export const STREAMS = 1_000
/** Requests under way at a time. */
export const CONCURRENCY = 16

export const IMAGE_API = '/apis/image.openshift.io/v1/namespaces/default'

export interface World {
  images: Images
  server: Standalone
  client: Client
  /** Resident memory of the server in megabytes (10^6 bytes). */
  memory(): Promise<number>
  close(): Promise<void>
}

/** Starts registry and server and pushes an image for each stream. */
export async function createWorld(): Promise<World> {
  // The first start after a change of the source fills the compile cache, which takes memory and time.
  await (await startStandalone()).stop()
  const server = await startStandalone()
  const client = connect(server.kubeconfig, CONCURRENCY)
  const images = await startImages(STREAMS, CONCURRENCY)
  return {
    images,
    server,
    client,
    memory: () => residentMemory(server.pid),
    async close() {
      await client.close()
      await server.stop()
      await images.stop()
    },
  }
}
