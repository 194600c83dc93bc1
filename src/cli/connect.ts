// Opening the session of a command. Loaded by commands that speak to a server only: it pulls in the HTTP client.
import { loadAccess } from '../kube/kubeconfig.ts'
import { KubeClient } from '../kube/client.ts'
import { CommandError } from './failure.ts'
import { parseDuration } from './goDuration.ts'
import type { GlobalOptions } from './options.ts'
import type { Session, Terminal } from './session.ts'
import { VERSION } from '../app/version.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Finds the cluster that options and environment mean. Nothing is sent yet. Throws KubeconfigError. */
export function connect(options: GlobalOptions, terminal: Terminal, env: Environment): Session {
  const access = loadAccess({ ...options, env })
  const client = new KubeClient(access, {
    env,
    userAgent: `millrace/${VERSION} (${process.platform}/${process.arch})`,
    timeout: options.requestTimeout ? parseDuration(options.requestTimeout) : 0,
    onWarning: (text) => terminal.err(`Warning: ${text}\n`),
  })
  return {
    out: (text) => terminal.out(text),
    err: (text) => terminal.err(text),
    interactive: terminal.interactive ?? false,
    interrupted: () => terminal.interrupted?.() ?? new AbortController().signal,
    client,
    namespace: access.namespace,
    allNamespaces: options.allNamespaces ?? false,
    output: options.output,
    now: () => new Date(),
    async raw(path, accept) {
      const text = await client.transport.text({ method: 'GET', path, ...(accept && { headers: { accept } }) })
      try {
        return JSON.parse(text) as unknown
      } catch (error) {
        throw new CommandError(`the server's answer to ${path} is not JSON`, { cause: error })
      }
    },
    close: () => client.close(),
  }
}
