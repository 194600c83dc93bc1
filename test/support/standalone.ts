// A standalone server of its own for a test: the real program, on a free port, with a data directory that goes away.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { parse } from 'yaml'
import { command, type Command } from './commands.ts'
import { launch, temporaryDirectory, type Running } from './processes.ts'
import { ROOT } from './sources.ts'

/** The command line program, as a user runs it. */
export const MILLRACE = join(ROOT, 'bin/millrace')

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body as JSON; throws when it is none. */
  json(): unknown
}

export interface Credentials {
  token?: string
  cert?: string
  key?: string
}

export interface Standalone {
  readonly directory: string
  readonly kubeconfig: string
  readonly url: string
  readonly pid: number
  readonly kubectl: Command
  readonly millrace: Command
  /** Everything that the running server has printed. */
  output(): string
  /** A bare request with the admin's certificate, or with the given credentials. Objects go as JSON, bytes as they are. */
  call(method: string, path: string, body?: string | object | Buffer, headers?: Record<string, string>): Promise<Answer>
  callAs(credentials: Credentials, method: string, path: string): Promise<Answer>
  /** Ends the server (SIGKILL: in the middle of whatever it does) and starts it again on the same port and data. */
  restart(signal?: NodeJS.Signals): Promise<void>
  stop(signal?: NodeJS.Signals): Promise<number>
}

/** Starts a server and waits until it is ready. */
export async function startStandalone(args: readonly string[] = []): Promise<Standalone> {
  const directory = temporaryDirectory('standalone')
  const kubeconfig = join(directory, 'data/kubeconfig')
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: directory, MILLRACE_LOG_LEVEL: 'warn' }
  const start = async (port: string): Promise<Running> => {
    const running = launch(MILLRACE, ['standalone', '--port', port, '--data-dir', join(directory, 'data'), ...args], {
      env,
    })
    await running.printed(/export KUBECONFIG=/)
    return running
  }
  let server = await start('0')
  const { url, ca, admin } = readKubeconfig(kubeconfig)
  const ask = async (who: Credentials, method: string, path: string, body?: string | object | Buffer, headers = {}) => {
    const { token, ...client } = who
    const dispatcher = new Agent({ connect: { ca, ...client }, allowH2: false })
    try {
      const answer = await request(url + path, {
        method,
        dispatcher,
        headers: {
          ...(token && { authorization: `Bearer ${token}` }),
          ...(isObject(body) && { 'content-type': 'application/json' }),
          ...headers,
        },
        body: isObject(body) ? JSON.stringify(body) : (body ?? null),
      })
      const text = await answer.body.text()
      return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) as unknown }
    } finally {
      await dispatcher.close()
    }
  }
  return {
    directory,
    kubeconfig,
    url,
    get pid() {
      return server.pid
    },
    kubectl: command('kubectl', { env, cwd: directory }),
    millrace: command(MILLRACE, { env, cwd: directory }),
    output: () => server.stdout() + server.stderr(),
    call: (method, path, body, headers) => ask(admin, method, path, body, headers),
    callAs: (credentials, method, path) => ask(credentials, method, path),
    async restart(signal) {
      await server.stop(signal)
      server = await start(new URL(url).port)
    },
    stop: (signal) => server.stop(signal),
  }
}

const isObject = (body: string | object | Buffer | undefined): body is object =>
  typeof body === 'object' && !Buffer.isBuffer(body)

interface Kubeconfig {
  clusters: { cluster: { server: string; 'certificate-authority-data': string } }[]
  users: { user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }[]
}

/** Address, CA and credentials of the first cluster and user of a kubeconfig. */
export function readKubeconfig(path: string): { url: string; ca: string; admin: Credentials; token?: string } {
  const config = parse(readFileSync(path, 'utf8')) as Kubeconfig
  const { server, 'certificate-authority-data': ca } = config.clusters[0]!.cluster
  const user = config.users[0]!.user
  const decoded = (data: string) => Buffer.from(data, 'base64').toString()
  const cert = user['client-certificate-data']
  const key = user['client-key-data']
  const admin = cert && key ? { cert: decoded(cert), key: decoded(key) } : { token: user.token ?? '' }
  return { url: server, ca: decoded(ca), admin, ...(user.token && { token: user.token }) }
}
