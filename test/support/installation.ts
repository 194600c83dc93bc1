// An installation in a control plane without nodes: the server runs here, with the rights and flags that its pod would have.
import { join } from 'node:path'
import { command, type Command } from './commands.ts'
import { freePort, startControlPlane, type ControlPlane } from './controlPlane.ts'
import { launch, type Running } from './processes.ts'
import { kubeconfigOf } from './serviceAccount.ts'
import { MILLRACE } from './standalone.ts'

const NAMESPACE = 'millrace'

/** A control plane, the command line, and servers as its Deployment would run them. */
export interface Installation extends ControlPlane {
  readonly millrace: Command
  /** Installs without waiting for pods that nobody runs. */
  install(...flags: string[]): Promise<string>
  /** Starts a server as a pod would, without waiting for anything. */
  replica(...flags: string[]): Promise<Replica>
  /** Makes the cluster send its requests to that one: loopback addresses cannot be endpoints of a Service. */
  direct(replica: Replica): Promise<void>
}

/** A server that runs. */
export interface Replica extends Running {
  readonly port: number
}

/** Starts the control plane. */
export async function startInstallation(): Promise<Installation> {
  const plane = await startControlPlane({ audit: true })
  const { kubectl, directory } = plane
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig, HOME: directory }
  const millrace = command(MILLRACE, { env, cwd: directory })
  const replicas: Running[] = []
  return {
    ...plane,
    millrace,
    async install(...flags) {
      // What `direct` has made of it is nothing that anybody would.
      await kubectl.try('delete', 'service', 'millrace', '-n', NAMESPACE)
      return millrace.run('install', '--image=registry.test/millrace:1', '--timeout=0', ...flags)
    },
    async replica(...flags) {
      const port = await freePort()
      const kubeconfig = await kubeconfigOf(plane, NAMESPACE, 'millrace')
      const args = ['server', '--host=127.0.0.1', `--port=${port}`, `--namespace=${NAMESPACE}`, ...flags]
      const server = launch(MILLRACE, args, { env: { ...env, KUBECONFIG: kubeconfig }, cwd: join(directory) })
      replicas.push(server)
      return { ...server, port }
    },
    async direct({ port }) {
      const service = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null }
      const patch = (kind: string, name: string, change: object) =>
        kubectl.run('patch', kind, name, '-n', NAMESPACE, '--type=merge', '-p', JSON.stringify(change))
      await patch('service', 'millrace', { spec: { ...service, ports: [{ name: 'https', port }] } })
      await patch('apiservice', 'v1.image.openshift.io', { spec: { service: { port } } })
      const webhooks = ['triggers', 'names'].map((_, index) => ({
        op: 'replace',
        path: `/webhooks/${index}/clientConfig/service/port`,
        value: port,
      }))
      const configuration = ['mutatingwebhookconfiguration', 'millrace', '--type=json']
      await kubectl.run('patch', ...configuration, '-p', JSON.stringify(webhooks))
    },
    async stop() {
      await Promise.all(replicas.map((each) => each.stop('SIGKILL')))
      await plane.stop()
    },
  }
}
