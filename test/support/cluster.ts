// A real control plane with the aggregated server: the real program, registered there, with certificates that go away.
import { join } from 'node:path'
import { command, type Command } from './commands.ts'
import { freePort, startControlPlane, type ControlPlane } from './controlPlane.ts'
import { launch, type Running } from './processes.ts'
import { MILLRACE } from './standalone.ts'

/** A cluster that serves image streams. */
export interface Cluster extends ControlPlane {
  readonly millrace: Command
  /** The server's process. */
  readonly server: Running
  /** Starts another server for the same cluster, which takes the registration over. */
  another(): Promise<Running>
}

/** Starts both and waits until image streams are served. */
export async function startCluster(): Promise<Cluster> {
  const plane = await startControlPlane()
  const env = {
    ...process.env,
    KUBECONFIG: plane.kubeconfig,
    HOME: plane.directory,
    MILLRACE_LOG_LEVEL: process.env['MILLRACE_LOG_LEVEL'] ?? 'warn',
  }
  const start = async (): Promise<Running> => {
    const url = `https://localhost:${await freePort()}`
    const data = join(plane.directory, 'server')
    const server = launch(MILLRACE, ['server', '--register-external', url, '--data-dir', data], { env })
    await server.printed(/serves the image streams/, 60_000)
    return server
  }
  try {
    const server = await start()
    const servers = [server]
    return {
      ...plane,
      millrace: command(MILLRACE, { env, cwd: plane.directory }),
      server,
      async another() {
        const more = await start()
        servers.push(more)
        return more
      },
      async stop() {
        await Promise.all(servers.map((each) => each.stop('SIGKILL')))
        await plane.stop()
      },
    }
  } catch (error) {
    await plane.stop()
    throw error
  }
}
