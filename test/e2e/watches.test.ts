// Watches by the thousand on one connection: the aggregator sends those of all users over few.
import assert from 'node:assert/strict'
import { connect, constants, type ClientHttp2Session, type ClientHttp2Stream } from 'node:http2'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { startAggregated, type Aggregated } from '../../src/app/aggregated.ts'
import { silent } from '../../src/core/machinery/log.ts'
import type { Access } from '../../src/kube/access.ts'
import { credentialsOf } from '../../src/kube/credentials.ts'
import { loadAccess } from '../../src/kube/kubeconfig.ts'
import { startControlPlane, withoutControlPlane, type ControlPlane } from '../support/controlPlane.ts'
import { freePort } from '../support/freePort.ts'
import { eventually } from '../support/eventually.ts'
import { directAccess } from '../support/replicas.ts'

const WATCHES = 2_000
/** Megabytes: less than half a kilobyte for each watch, of which this process itself keeps some (the log of the kube-apiserver). */
const LEFT_BEHIND = 2
const PATH = '/apis/image.openshift.io/v1/imagestreams'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

describe('a connection with very many watches', { skip: withoutControlPlane }, () => {
  let plane: ControlPlane
  let server: Aggregated
  let port: number
  before(async () => {
    ;[plane, port] = await Promise.all([startControlPlane(), freePort()])
    // In this process, so that its heap can be measured.
    const dataDir = join(plane.directory, 'server')
    const placement = { is: 'external' as const, host: 'localhost', port, dataDir }
    server = await startAggregated({ access: access(), placement, host: '127.0.0.1', port, log: silent })
  })
  after(async () => {
    await server?.close()
    await plane?.stop()
  })
  const access = () => loadAccess({ kubeconfig: plane.kubeconfig, env: {} })

  for (const way of ['through the aggregator', 'directly']) {
    test(`${way}: it survives ${WATCHES} that are opened and closed, and nothing stays behind`, async (t) => {
      const session = await open(way === 'directly' ? directAccess(plane, port) : access())
      try {
        await watch(session, WATCHES)
        const before = heapMegabytes()
        for (let round = 0; round < 2; round++) await watch(session, WATCHES)
        const grown = await eventually(
          () => {
            const more = heapMegabytes() - before
            assert.ok(more < LEFT_BEHIND, `${more} MB more`)
            return more
          },
          { interval: 250 },
        )
        t.diagnostic(`heap ${before.toFixed(1)} MB, and ${grown.toFixed(2)} MB more after ${2 * WATCHES} more watches`)
        assert.equal(await get(session, PATH), 200)
      } finally {
        session.destroy()
      }
    })
  }
})

function heapMegabytes(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed / 2 ** 20
}

async function open({ cluster, user }: Access): Promise<ClientHttp2Session> {
  const { cert, key } = await credentialsOf(user)()
  const ca = Buffer.from(cluster.caData ?? '', 'base64')
  const session = connect(cluster.server, { ca, ...(cert && key && { cert, key }) })
  session.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => session.once('connect', () => resolve()).once('error', reject))
  return session
}

/** Opens so many watches, some fifty at a time, and closes each as soon as it is answered. */
async function watch(session: ClientHttp2Session, count: number): Promise<void> {
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const stream = session.request({ ':path': `${PATH}?watch=true` })
      assert.equal(await statusOf(stream), 200)
      stream.close(constants.NGHTTP2_CANCEL)
    }
  }
  await Promise.all(Array.from({ length: 50 }, worker))
}

function get(session: ClientHttp2Session, path: string): Promise<unknown> {
  const stream = session.request({ ':path': path })
  stream.resume()
  return statusOf(stream)
}

function statusOf(stream: ClientHttp2Stream): Promise<unknown> {
  return new Promise((resolve, reject) => {
    stream.once('response', (headers) => resolve(headers[':status'])).once('error', reject)
    stream.once('close', () => reject(new Error('closed before it was answered')))
  })
}
