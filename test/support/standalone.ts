// A standalone server of its own for a test: the real program, on a free port, with a data directory that goes away.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { command } from './commands.ts'
import { readKubeconfig } from './kubeconfig.ts'
import { plainRequest } from './plainRequest.ts'
import { launch, temporaryDirectory, type Running } from './processes.ts'
import { MILLRACE, type Server } from './server.ts'

export { readKubeconfig } from './kubeconfig.ts'
export { MILLRACE } from './server.ts'

export interface Standalone extends Server {
  readonly pid: number
  stop(signal?: NodeJS.Signals): Promise<number>
}

/** Starts a server and waits until it is ready. */
export async function startStandalone(args: readonly string[] = []): Promise<Standalone> {
  const directory = temporaryDirectory('standalone')
  const dataDirectory = join(directory, 'data')
  const kubeconfig = join(dataDirectory, 'kubeconfig')
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: directory, MILLRACE_LOG_LEVEL: 'warn' }
  const startLine = (port: number, data: string): string[] => [
    'standalone',
    '--port',
    String(port),
    '--data-dir',
    data,
    ...args,
  ]
  const start = async (port: number): Promise<Running> => {
    const running = launch(MILLRACE, startLine(port, dataDirectory), { env })
    try {
      await running.printed(/export KUBECONFIG=/)
    } catch (error) {
      // A test process does not end while a program of it runs.
      await running.stop('SIGKILL')
      throw error
    }
    return running
  }
  let server = await start(0)
  const { url, ca, admin } = readKubeconfig(kubeconfig)
  const own = { url, ca }
  return {
    directory,
    dataDirectory,
    kubeconfig,
    url,
    own,
    admin,
    startLine,
    get pid() {
      return server.pid
    },
    kubectl: command('kubectl', { env, cwd: directory }),
    millrace: command(MILLRACE, { env, cwd: directory }),
    output: () => server.stdout() + server.stderr(),
    call: (method, path, body, headers) => plainRequest(own, admin, { method, path, body, headers }),
    callOwn: (credentials, method, path) => plainRequest(own, credentials, { method, path }),
    token: () => Promise.resolve(readFileSync(join(dataDirectory, 'token'), 'utf8').trim()),
    async restart(signal) {
      const code = await server.stop(signal)
      server = await start(Number(new URL(url).port))
      return code
    },
    stop: (signal) => server.stop(signal),
  }
}
