// An installation in a control plane without nodes: the server runs here, with the rights and flags that its pod would have.
import assert from 'node:assert/strict'
import { parseBundle, trusted } from '../../src/controllers/certificates/bundle.ts'
import type { KubeObject } from '../../src/core/machinery/object.ts'
import { command, type Command } from './commands.ts'
import { startControlPlane, type ControlPlane } from './controlPlane.ts'
import { eventually } from './eventually.ts'
import { freePort } from './freePort.ts'
import { readKubeconfig, type Credentials } from './kubeconfig.ts'
import { plainRequest, type Answer, type PlainRequest } from './plainRequest.ts'
import { launch, type Running } from './processes.ts'
import { kubeconfigOf } from './serviceAccount.ts'
import { ALLOW_LOOPBACK } from './server.ts'
import { MILLRACE } from './standalone.ts'

const NAMESPACE = 'millrace'
const IMAGE = '--image=registry.test/millrace:1'
/** The name in the certificate of all servers. */
const SERVER = 'millrace.millrace.svc'
/** For what takes a server that has just been started. */
const PATIENCE = { timeout: 60_000 }

/** A control plane, the command line, and servers as its Deployment would run them. */
export interface Installation extends ControlPlane {
  readonly millrace: Command
  /** Installs without waiting for pods that nobody runs. */
  install(...flags: string[]): Promise<string>
  /** The same with another program, of another version. */
  installBy(program: string, ...flags: string[]): Promise<string>
  /** Starts a server as a pod would, without waiting for anything. */
  replica(...flags: string[]): Promise<Replica>
  /** The same with another program. */
  replicaOf(program: string, ...flags: string[]): Promise<Replica>
  /** Installs with these flags, starts a server that all requests go to, and waits until it leads. */
  leader(...flags: string[]): Promise<Replica>
  /** Asks a server itself, past the aggregator; as the administrator of the cluster, if nobody else is named. */
  ask(replica: Replica, asked: PlainRequest, as?: Credentials): Promise<Answer>
  /** Makes the cluster send its requests to that one: loopback addresses cannot be endpoints of a Service. */
  direct(replica: Replica): Promise<void>
}

/** A server that runs. */
export interface Replica extends Running {
  readonly port: number
}

/** Starts the control plane. `program`: that installs and serves, if nothing else is said. */
export async function startInstallation(program = MILLRACE): Promise<Installation> {
  const plane = await startControlPlane({ audit: true })
  const { kubectl, directory } = plane
  const env = { ...process.env, KUBECONFIG: plane.kubeconfig, HOME: directory }
  const millrace = command(program, { env, cwd: directory })
  const replicas: Running[] = []
  let known: Promise<string> | undefined
  /** PEM of the authority of all servers. */
  const authority = (): Promise<string> =>
    (known ??= kubectl
      .run('get', 'secret', 'millrace-serving', '-n', NAMESPACE, '-o', 'json')
      .then((secret) => trusted(parseBundle(JSON.parse(secret) as KubeObject)!)))
  const installation: Installation = {
    ...plane,
    millrace,
    async installBy(installer, ...flags) {
      // What `direct` has made of it is nothing that anybody would.
      await kubectl.try('delete', 'service', 'millrace', '-n', NAMESPACE)
      return command(installer, { env, cwd: directory }).run('install', IMAGE, '--timeout=0', ...flags)
    },
    install(...flags) {
      return installation.installBy(program, ...flags)
    },
    replica(...flags) {
      return installation.replicaOf(program, ...flags)
    },
    async replicaOf(server, ...flags) {
      const port = await freePort()
      const kubeconfig = await kubeconfigOf(plane, NAMESPACE, 'millrace')
      const args = [
        'server',
        '--host=127.0.0.1',
        `--port=${port}`,
        `--namespace=${NAMESPACE}`,
        ...ALLOW_LOOPBACK,
        ...flags,
      ]
      const running = launch(server, args, {
        env: { ...env, KUBECONFIG: kubeconfig, POD_IP: '127.0.0.1' },
        cwd: directory,
      })
      replicas.push(running)
      return { ...running, port }
    },
    async leader(...flags) {
      await installation.install(...flags)
      const replica = await installation.replica()
      await installation.direct(replica)
      await eventually(() => kubectl.run('get', 'is'), PATIENCE)
      await eventually(() => assert.match(replica.stderr(), /"leading"/), PATIENCE)
      return replica
    },
    async ask({ port }, asked, as = readKubeconfig(plane.kubeconfig).admin) {
      const endpoint = { url: `https://localhost:${port}`, ca: await authority(), servername: SERVER }
      return plainRequest(endpoint, as, asked)
    },
    async direct({ port }) {
      const service = { type: 'ExternalName', externalName: 'localhost', clusterIP: null, clusterIPs: null }
      const patch = (kind: string, name: string, change: object) =>
        kubectl.run('patch', kind, name, '-n', NAMESPACE, '--type=merge', '-p', JSON.stringify(change))
      await patch('service', 'millrace', { spec: { ...service, ports: [{ name: 'https', port }] } })
      for (const name of ['v1.image.openshift.io', 'v1alpha1.millrace.dev'])
        await patch('apiservice', name, { spec: { service: { port } } })
    },
    async stop() {
      await Promise.all(replicas.map((each) => each.stop('SIGKILL')))
      await plane.stop()
    },
  }
  return installation
}
