import type { Command } from 'commander'
import type { ProgramContext } from '../context.ts'
import { CommandError } from '../failure.ts'
import type { GlobalOptions } from '../options.ts'
import { levelOf, portOf } from '../serverFlags.ts'

interface Options extends GlobalOptions {
  registerExternal?: string
  port?: string
  dataDir?: string
  logLevel?: string
}

export function addServer(program: Command, context: ProgramContext): void {
  program
    .command('server')
    .summary('serve the image streams of a Kubernetes cluster')
    .description(
      `Serves image.openshift.io behind the aggregator of the cluster that the kubeconfig names, until it is interrupted.
State lies in the cluster, and stays there. The process runs outside of the cluster and registers itself: for
development, tests and first tries.`,
    )
    .option('--register-external <url>', 'where the API server of the cluster reaches this process: https://HOST:PORT')
    .option('--port <number>', 'port to listen on, on 127.0.0.1 (default: that of the URL)')
    .option('--data-dir <directory>', 'where certificates live (default: .millrace-server)')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .action(async (_options: Options, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const external = externalOf(options.registerExternal)
      const { loadAccess } = await import('../../kube/kubeconfig.ts')
      const { runAggregated } = await import('../../app/run.ts')
      context.exitCode = await runAggregated({
        access: loadAccess({ ...options, env: context.env }),
        external,
        ...(options.port !== undefined && { port: portOf(options.port) }),
        ...(options.namespace !== undefined && { namespace: options.namespace }),
        ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
        ...(options.logLevel !== undefined && { logLevel: levelOf(options.logLevel) }),
      })
    })
}

/** Host and port of an https URL. A Service of the type ExternalName takes names only. */
function externalOf(text: string | undefined): { host: string; port: number } {
  if (text === undefined)
    throw new CommandError('--register-external is needed, for example --register-external https://localhost:8443')
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash && !url.username
  if (!url || !isBare) throw new CommandError(`--register-external must be https://HOST:PORT, not "${text}"`)
  if (/^[\d.]+$|^\[/.test(url.hostname))
    throw new CommandError(`--register-external needs a name, not the address ${url.hostname}: try https://localhost`)
  return { host: url.hostname, port: Number(url.port || 443) }
}
