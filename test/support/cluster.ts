// A real control plane with the aggregated server: the real program, registered there, with certificates that go away.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KubeClient } from '../../src/kube/client.ts'
import { command } from './commands.ts'
import { startControlPlane, type ControlPlane } from './controlPlane.ts'
import { freePort } from './freePort.ts'
import { eventually } from './eventually.ts'
import { readKubeconfig } from './kubeconfig.ts'
import { startNode } from './nodes.ts'
import { plainRequest } from './plainRequest.ts'
import { launch, type Running } from './processes.ts'
import { ALLOW_LOOPBACK, MILLRACE, type Server } from './server.ts'

/** A cluster that serves image streams. */
export interface Cluster extends Omit<ControlPlane, 'startControllers'>, Server {
  /** The server's process. */
  readonly server: Running
  /** Starts another server for the same cluster, which takes the registration over. */
  another(): Promise<Running>
  stop(): Promise<void>
}

const START = 60_000

/** A cluster fetches what the servers behind it say of their types when it has the time. */
async function isExplained({ transport }: KubeClient): Promise<void> {
  const index = await transport.text({ method: 'GET', path: '/openapi/v3' })
  if (!index.includes('"apis/image.openshift.io/v1"')) throw new Error('the cluster does not know our types')
}

/** Starts both and waits until image streams are served. `flags`: further ones of the server. */
export async function startCluster(...flags: string[]): Promise<Cluster> {
  // The controllers of the cluster look every half minute for kinds that are new: they come when ours are there.
  const { startControllers, ...plane } = await startControlPlane({ controllers: false })
  const { directory, kubeconfig, url, kubectl } = plane
  const env = {
    ...process.env,
    KUBECONFIG: kubeconfig,
    HOME: directory,
    MILLRACE_LOG_LEVEL: process.env['MILLRACE_LOG_LEVEL'] ?? 'warn',
  }
  const dataDirectory = join(directory, 'server')
  const ownUrl = `https://localhost:${await freePort()}`
  const started: Running[] = []
  const startLine = (port: number, data: string): string[] => [
    'server',
    '--register-external',
    `https://localhost:${port}`,
    '--data-dir',
    data,
    ...ALLOW_LOOPBACK,
    ...flags,
  ]
  const start = async (port: number): Promise<Running> => {
    const server = launch(MILLRACE, startLine(port, dataDirectory), { env })
    started.push(server)
    await server.printed(/serves the image streams/, START)
    return server
  }
  try {
    let server = await start(Number(new URL(ownUrl).port))
    startControllers()
    const node = await startNode(plane.client)
    await eventually(() => isExplained(plane.client), { timeout: START, interval: 100 })
    const { ca, admin } = readKubeconfig(kubeconfig)
    const own = { url: ownUrl, ca: readFileSync(join(dataDirectory, 'pki/ca.crt'), 'utf8') }
    return {
      ...plane,
      dataDirectory,
      own,
      admin,
      startLine,
      millrace: command(MILLRACE, { env, cwd: directory }),
      get server() {
        return server
      },
      another: async () => start(await freePort()),
      output: () => started.map((each) => each.stdout() + each.stderr()).join(''),
      call: (method, path, body, headers) => plainRequest({ url, ca }, admin, { method, path, body, headers }),
      callOwn: (credentials, method, path) => plainRequest(own, credentials, { method, path }),
      async token() {
        const name = 'administrator'
        const account = ['-n', 'kube-system', name]
        if ((await kubectl.try('create', 'serviceaccount', ...account)).code === 0) {
          const binding = ['--clusterrole=cluster-admin', `--serviceaccount=kube-system:${name}`]
          await kubectl.run('create', 'clusterrolebinding', name, ...binding)
        }
        return (await kubectl.run('create', 'token', ...account)).trim()
      },
      async restart(signal) {
        const code = await server.stop(signal)
        server = await start(Number(new URL(ownUrl).port))
        return code
      },
      async stop() {
        await node.stop()
        await Promise.all(started.map((each) => each.stop('SIGKILL')))
        await plane.stop()
      },
    }
  } catch (error) {
    await Promise.all(started.map((each) => each.stop('SIGKILL')))
    await plane.stop()
    throw error
  }
}
