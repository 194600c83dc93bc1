import { isIP, isIPv6 } from 'node:net'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { AggregatedOptions, PlacementOptions } from '../../app/aggregated.ts'
import { dns1123Subdomain } from '../../core/machinery/meta/names.ts'
import type { ProgramContext } from '../context.ts'
import { CommandError } from '../failure.ts'
import { parseDuration } from '../goDuration.ts'
import { POD_IP } from '../../install/names.ts'
import type { GlobalOptions } from '../options.ts'
import { REGISTRIES_HELP, registriesOption } from '../registriesFlag.ts'
import {
  allowRegistryAddressOption,
  certificatesOf,
  levelOf,
  portOf,
  refreshOf,
  refreshOption,
  registryAddressesOf,
  workloadKindOption,
  workloadKindsOf,
} from '../serverFlags.ts'

interface Options extends GlobalOptions {
  registerExternal?: string
  host?: string
  port?: string
  dataDir?: string
  certificates?: string
  shutdownDelay?: string
  workloadKind?: string[]
  allowRegistryAddress?: string[]
  registries?: string
  refresh?: string
  logLevel?: string
}

const IN_CLUSTER =
  '--registries is for --register-external: an installed server follows the ConfigMap millrace-registries, which millrace install --registries makes'

const DEFAULT_PORT = 8443
const DEFAULT_DATA_DIR = '.millrace-server'

export function addServer(program: Command, context: ProgramContext): void {
  program
    .command('server')
    .summary('serve the image streams of a Kubernetes cluster')
    .description(
      `Serves image.openshift.io behind the aggregator of a cluster, until it is interrupted. State lies in the cluster, and stays there.
This is what "millrace install" runs in the cluster. With --register-external the process runs outside of the cluster that the
kubeconfig names, and registers itself there: for development, tests and first tries.`,
    )
    .option('--register-external <url>', 'where the API server of the cluster reaches this process: https://HOST:PORT')
    .option('--host <address>', 'address to listen on (default: *, all of them; with --register-external 127.0.0.1)')
    .option('--port <number>', `port to listen on (default: ${DEFAULT_PORT}; with --register-external that of the URL)`)
    .option('--data-dir <directory>', `where an external server keeps its certificates (default: ${DEFAULT_DATA_DIR})`)
    .option('--certificates <who>', 'who makes the certificate of an installed server: own (default) or cert-manager')
    .option(
      '--shutdown-delay <duration>',
      'how long an installed server goes on answering when it is to stop (default: 0s)',
    )
    .addOption(workloadKindOption())
    .addOption(allowRegistryAddressOption())
    .addOption(registriesOption(`${REGISTRIES_HELP}; with --register-external`))
    .addOption(refreshOption())
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .action(async (_options: Options, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const where = options.registerExternal === undefined ? installed(options, context.env[POD_IP]) : external(options)
      const workloadKinds = workloadKindsOf(options.workloadKind ?? [])
      const allowRegistryAddresses = registryAddressesOf(options.allowRegistryAddress ?? [])
      if (options.registries !== undefined && options.registerExternal === undefined) throw new CommandError(IN_CLUSTER)
      const refresh = options.refresh === undefined ? undefined : refreshOf(options.refresh)
      const level = options.logLevel === undefined ? undefined : levelOf(options.logLevel)
      const { loadAccess } = await import('../../kube/kubeconfig.ts')
      const { runAggregated } = await import('../../app/run.ts')
      context.exitCode = await runAggregated({
        access: loadAccess({ ...options, env: context.env }),
        ...where,
        workloadKinds,
        allowRegistryAddresses,
        ...(options.registries !== undefined && { registries: options.registries }),
        ...(refresh !== undefined && { refresh }),
        ...(options.host !== undefined && { host: options.host }),
        ...(options.port !== undefined && { port: portOf(options.port) }),
        ...(options.namespace !== undefined && { namespace: options.namespace }),
        ...(level !== undefined && { logLevel: level }),
      })
    })
}

type Where = Pick<AggregatedOptions, 'placement' | 'host' | 'port'>

/** `pod`: its address, where it has one. */
function installed({ certificates = 'own', shutdownDelay = '0s', port }: Options, pod: string | undefined): Where {
  const placement: PlacementOptions = {
    is: 'installed',
    certificates: certificatesOf(certificates),
    ...(pod &&
      isIP(pod) !== 0 && {
        address: `${isIPv6(pod) ? `[${pod}]` : pod}:${port === undefined ? DEFAULT_PORT : portOf(port)}`,
      }),
    shutdownDelay: parseDuration(shutdownDelay),
  }
  return { placement, host: '*', port: DEFAULT_PORT }
}

function external({ registerExternal = '', dataDir = DEFAULT_DATA_DIR, ...others }: Options): Where {
  for (const [flag, value] of [
    ['--certificates', others.certificates],
    ['--shutdown-delay', others.shutdownDelay],
  ])
    if (value !== undefined)
      throw new CommandError(`${flag} is for installed servers: leave it out, or leave --register-external out`)
  const { host, port } = externalOf(registerExternal)
  return { placement: { is: 'external', host, port, dataDir: resolve(dataDir) }, host: '127.0.0.1', port }
}

/** Host and port of an https URL. A Service of the type ExternalName takes names only. */
function externalOf(text: string): { host: string; port: number } {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isBare = url?.protocol === 'https:' && url.pathname === '/' && !url.search && !url.hash && !url.username
  if (!url || !isBare) throw new CommandError(`--register-external must be https://HOST:PORT, not "${text}"`)
  if (/^[\d.]+$|^\[/.test(url.hostname))
    throw new CommandError(`--register-external needs a name, not the address ${url.hostname}: try https://localhost`)
  const { hostname: host, port } = url
  if (dns1123Subdomain(host).length > 0 || port === '0')
    throw new CommandError(`--register-external needs a DNS name and a port that a Service can have, not ${url.host}`)
  return { host, port: Number(port || 443) }
}
