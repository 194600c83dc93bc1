// Several servers of one cluster: who of them leads, and what happens to them.
import { join } from 'node:path'
import { freePort, type ControlPlane } from './controlPlane.ts'
import { eventually } from './eventually.ts'
import { launch, type Running } from './processes.ts'
import { MILLRACE } from './standalone.ts'

/** A server's process. */
export interface Replica extends Running {
  readonly port: number
  /** How often it has begun to lead, and has ended to. */
  terms(): { begun: number; ended: number }
  isLeading(): boolean
  signal(signal: NodeJS.Signals): void
}

/** Starts one, which takes the registration over; resolves when it serves. `kubeconfig`: another way to the cluster. */
export async function startReplica(plane: ControlPlane, kubeconfig = plane.kubeconfig): Promise<Replica> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: plane.directory, MILLRACE_LOG_LEVEL: 'info' }
  const port = await freePort()
  const data = join(plane.directory, 'server')
  const flags = ['server', '--register-external', `https://localhost:${port}`, '--data-dir', data]
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
