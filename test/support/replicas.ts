// Several servers of one cluster: who of them leads, and what happens to them.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Access } from '../../src/kube/access.ts'
import { loadAccess } from '../../src/kube/kubeconfig.ts'
import type { ControlPlane } from './controlPlane.ts'
import { freePort } from './freePort.ts'
import { eventually } from './eventually.ts'
import { launch, type Running } from './processes.ts'
import { ALLOW_LOOPBACK } from './server.ts'
import { MILLRACE } from './standalone.ts'

/** A server's process. */
export interface Replica extends Running {
  readonly port: number
  /** How often it has begun to lead, and has ended to. */
  terms(): { begun: number; ended: number }
  isLeading(): boolean
  signal(signal: NodeJS.Signals): void
}

/**
 * Starts one, which takes the registration over; resolves when it serves. `kubeconfig`: another way to the cluster. `more`: further
 * flags.
 */
export async function startReplica(
  plane: ControlPlane,
  kubeconfig = plane.kubeconfig,
  more: readonly string[] = [],
): Promise<Replica> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: plane.directory, MILLRACE_LOG_LEVEL: 'info' }
  const port = await freePort()
  const data = join(plane.directory, 'server')
  const where = ['--register-external', `https://localhost:${port}`, '--data-dir', data]
  const flags = ['server', ...where, ...ALLOW_LOOPBACK, ...more]
  const running = launch(MILLRACE, flags, { env })
  await running.printed(/serves the image streams/, 60_000)
  const count = (pattern: RegExp): number => running.stderr().match(pattern)?.length ?? 0
  const terms = () => ({ begun: count(/"leading"/g), ended: count(/"leading no more"/g) })
  return {
    ...running,
    port,
    terms,
    isLeading: () => terms().begun > terms().ended,
    signal: (signal) => process.kill(running.pid, signal),
  }
}

/** The one of them that leads, once there is one. */
export function leaderOf(replicas: readonly Replica[], timeout = 20_000): Promise<Replica> {
  return eventually(
    () => {
      const leader = replicas.find((replica) => replica.isLeading())
      if (!leader) throw new Error('nobody leads')
      return leader
    },
    { timeout },
  )
}

/** Access to a server itself, past the aggregator, as the administrator of the cluster. */
export function directAccess(plane: ControlPlane, port: number): Access {
  const access = loadAccess({ kubeconfig: plane.kubeconfig, env: {} })
  const ca = readFileSync(join(plane.directory, 'server/pki/ca.crt')).toString('base64')
  return {
    ...access,
    cluster: { name: 'direct', server: `https://localhost:${port}`, caData: ca, skipTLSVerify: false },
  }
}

/** A kubeconfig that reaches the cluster through another port of loopback. */
export function kubeconfigThrough(plane: ControlPlane, port: number): string {
  const path = join(plane.directory, `kubeconfig-${port}`)
  writeFileSync(path, readFileSync(plane.kubeconfig, 'utf8').replace(new URL(plane.url).host, `127.0.0.1:${port}`), {
    mode: 0o600,
  })
  return path
}
