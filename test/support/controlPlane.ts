// A real Kubernetes control plane on loopback: etcd, kube-apiserver and, where it is there, kube-controller-manager, from the folder
// that KUBEBUILDER_ASSETS names (https://book.kubebuilder.io/reference/envtest). Nodes there are none: pods stay pending.
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { issueAuthority, issueClient, issueServer } from '../../src/http/issue.ts'
import type { KeyPair } from '../../src/http/keyPair.ts'
import { KubeClient } from '../../src/kube/client.ts'
import { loadAccess } from '../../src/kube/kubeconfig.ts'
import { command, type Command } from './commands.ts'
import { eventually } from './eventually.ts'
import { freePort } from './freePort.ts'
import { launch, temporaryDirectory, type Running } from './processes.ts'

/** A control plane that runs. */
export interface ControlPlane {
  readonly url: string
  readonly directory: string
  /** Path of a kubeconfig of an administrator. */
  readonly kubeconfig: string
  readonly kubectl: Command
  readonly client: KubeClient
  /** Starts kube-controller-manager, where it is there, unless it runs already. */
  startControllers(this: void): void
  /** Ends the kube-apiserver at once (an orderly end takes a minute), and starts it again on the same port. */
  restartApiServer(): Promise<void>
  /** All requests so far. Only with `audit`. */
  audited(): AuditEvent[]
  /** Makes etcd forget all history before now. */
  compact(): Promise<void>
  stop(): Promise<void>
}

/** The folder with the programs; undefined where there is none. */
export function controlPlaneAssets(): string | undefined {
  const assets = process.env['KUBEBUILDER_ASSETS']
  return assets && existsSync(join(assets, 'kube-apiserver')) && existsSync(join(assets, 'etcd')) ? assets : undefined
}

/** Why tests against a real control plane do not run; false when they do. For the option `skip` of node:test. */
export const withoutControlPlane = controlPlaneAssets()
  ? false
  : 'KUBEBUILDER_ASSETS does not name a folder with etcd and kube-apiserver'

const HOST = '127.0.0.1'
const SERVICES = '10.0.0.0/24'
const HOSTS = [HOST, '10.0.0.1', 'localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc']
/** As the administrators of OpenShift and of standalone are called. */
const ADMIN = { name: 'system:admin', groups: ['system:masters'] }
const PROXY = { name: 'front-proxy-client', groups: [] }
const START = 60_000

/** A request, as the kube-apiserver's audit log tells of it. https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/ */
export interface AuditEvent {
  verb: string
  userAgent?: string
  user: { username: string }
  objectRef?: { apiGroup?: string; resource: string; subresource?: string; namespace?: string; name?: string }
  requestURI: string
  responseStatus?: { code: number }
}

const AUDIT_POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
}

/**
 * Starts one and waits until it is ready: some five seconds. `audit`: whether it keeps a log of all requests. `controllers: false`:
 * they come when they are told to.
 */
export async function startControlPlane({ audit = false, controllers = true } = {}): Promise<ControlPlane> {
  const assets = controlPlaneAssets()
  if (!assets) throw new Error(String(withoutControlPlane))
  const directory = temporaryDirectory('control-plane')
  const file = (name: string, content: string): string => {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
    return join(directory, name)
  }
  const [etcdPort, peerPort, port, managerPort] = (await Promise.all(Array.from({ length: 4 }, freePort))) as Ports
  const url = `https://${HOST}:${port}`
  const pki = await certificates()
  const kubeconfig = file('kubeconfig', JSON.stringify(kubeconfigOf(url, pki.ca.cert, pki.admin)))
  const accounts = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const files = {
    ca: file('ca.crt', pki.ca.cert),
    caKey: file('ca.key', pki.ca.key),
    serving: file('serving.crt', pki.serving.cert),
    servingKey: file('serving.key', pki.serving.key),
    proxyCa: file('proxy-ca.crt', pki.proxyCa.cert),
    proxy: file('proxy.crt', pki.proxy.cert),
    proxyKey: file('proxy.key', pki.proxy.key),
    accounts: file('accounts.key', accounts.privateKey),
    accountsPublic: file('accounts.pub', accounts.publicKey),
  }
  const auditLog = join(directory, 'audit.log')
  const etcd = `http://${HOST}:${etcdPort}`
  const peer = `http://${HOST}:${peerPort}`
  const running: Running[] = []
  const run = (program: string, flags: readonly string[]): Running => {
    const started = launch(join(assets, program), flags, { cwd: directory })
    running.push(started)
    return started
  }
  run('etcd', [
    '--name=test',
    `--data-dir=${join(directory, 'etcd')}`,
    '--unsafe-no-fsync',
    // Its only member waits so many milliseconds for others before it leads: 1,000 if nothing is said. The first is a fifth at most.
    '--heartbeat-interval=50',
    '--election-timeout=250',
    `--listen-client-urls=${etcd}`,
    `--advertise-client-urls=${etcd}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=test=${peer}`,
  ])
  const apiServer = (): Running =>
    run('kube-apiserver', [
      `--etcd-servers=${etcd}`,
      `--bind-address=${HOST}`,
      `--secure-port=${port}`,
      `--advertise-address=${HOST}`,
      '--endpoint-reconciler-type=none',
      `--tls-cert-file=${files.serving}`,
      `--tls-private-key-file=${files.servingKey}`,
      `--client-ca-file=${files.ca}`,
      `--requestheader-client-ca-file=${files.proxyCa}`,
      `--requestheader-allowed-names=${PROXY.name}`,
      '--requestheader-username-headers=X-Remote-User',
      '--requestheader-group-headers=X-Remote-Group',
      '--requestheader-extra-headers-prefix=X-Remote-Extra-',
      `--proxy-client-cert-file=${files.proxy}`,
      `--proxy-client-key-file=${files.proxyKey}`,
      '--authorization-mode=RBAC',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${files.accountsPublic}`,
      `--service-account-signing-key-file=${files.accounts}`,
      `--service-cluster-ip-range=${SERVICES}`,
      '--disable-admission-plugins=ServiceAccount',
      ...(audit
        ? [`--audit-policy-file=${file('audit.json', JSON.stringify(AUDIT_POLICY))}`, `--audit-log-path=${auditLog}`]
        : []),
    ])
  let server = apiServer()
  const client = new KubeClient(loadAccess({ kubeconfig, env: {} }))
  const ready = () =>
    eventually(() => client.transport.text({ method: 'GET', path: '/readyz', timeout: 2_000 }), {
      timeout: START,
      interval: 100,
    })
  const stop = async (): Promise<void> => {
    await client.close()
    for (const each of running.toReversed()) await each.stop('SIGKILL')
  }
  let manager: Running | undefined
  const startControllers = (): void => {
    if (!existsSync(join(assets, 'kube-controller-manager'))) return
    manager ??= run('kube-controller-manager', [
      `--kubeconfig=${kubeconfig}`,
      `--authentication-kubeconfig=${kubeconfig}`,
      `--authorization-kubeconfig=${kubeconfig}`,
      `--bind-address=${HOST}`,
      `--secure-port=${managerPort}`,
      `--cert-dir=${join(directory, 'manager')}`,
      '--leader-elect=false',
      // Nodes of tests send no signs of life.
      '--node-monitor-grace-period=24h',
      `--service-account-private-key-file=${files.accounts}`,
      `--root-ca-file=${files.ca}`,
      `--service-cluster-ip-range=${SERVICES}`,
      `--cluster-signing-cert-file=${files.ca}`,
      `--cluster-signing-key-file=${files.caKey}`,
    ])
  }
  try {
    await ready()
    if (controllers) startControllers()
  } catch (error) {
    const said = running.map((each) => each.stderr().slice(-2_000)).join('\n')
    await stop()
    throw new Error(`the control plane does not start:\n${said}`, { cause: error })
  }
  return {
    url,
    directory,
    kubeconfig,
    kubectl: command('kubectl', { env: { ...process.env, KUBECONFIG: kubeconfig, HOME: directory }, cwd: directory }),
    client,
    startControllers,
    async restartApiServer() {
      await server.stop('SIGKILL')
      server = apiServer()
      await ready()
    },
    audited: () =>
      readFileSync(auditLog, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as AuditEvent),
    async compact() {
      const call = async (path: string, body: object): Promise<{ header: { revision: string } }> => {
        const answer = await fetch(`${etcd}/v3/kv/${path}`, { method: 'POST', body: JSON.stringify(body) })
        if (!answer.ok) throw new Error(`etcd: ${await answer.text()}`)
        return (await answer.json()) as { header: { revision: string } }
      }
      const { revision } = (await call('range', { key: Buffer.from('x').toString('base64') })).header
      await call('compaction', { revision, physical: true })
    },
    stop,
  }
}

type Ports = [number, number, number, number]

interface Pki {
  ca: KeyPair
  serving: KeyPair
  admin: KeyPair
  /** The authority of the aggregator, and what it shows to the servers behind it. */
  proxyCa: KeyPair
  proxy: KeyPair
}

async function certificates(): Promise<Pki> {
  const now = new Date()
  const id = randomBytes(4).toString('hex')
  const [ca, proxyCa] = await Promise.all([
    issueAuthority(`test-ca-${id}`, 2, now),
    issueAuthority(`test-proxy-ca-${id}`, 2, now),
  ])
  const [serving, admin, proxy] = await Promise.all([
    issueServer(ca, HOSTS, 1, now),
    issueClient(ca, ADMIN, 1, now),
    issueClient(proxyCa, PROXY, 1, now),
  ])
  return { ca, serving, admin, proxyCa, proxy }
}

function kubeconfigOf(server: string, ca: string, admin: KeyPair): object {
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': base64(ca) } }],
    users: [
      {
        name: 'admin',
        user: { 'client-certificate-data': base64(admin.cert), 'client-key-data': base64(admin.key) },
      },
    ],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  }
}
