import type { Command } from 'commander'
import type { ProgramContext } from '../context.ts'
import { CommandError } from '../failure.ts'
import { receiverOption, receiversOf } from '../receiverFlag.ts'
import { REGISTRIES_HELP, registriesOption } from '../registriesFlag.ts'
import { levelOf, portOf, refreshOf, refreshOption, workloadKindOption } from '../serverFlags.ts'

interface Options {
  port?: string
  dataDir?: string
  receiver?: string[]
  pullSecrets?: string
  refresh?: string
  workloadKind?: string[]
  registries?: string
  logLevel?: string
}

const NO_CUSTOM_KINDS =
  'there are no custom resources in the stand-in cluster: --workload-kind is for millrace server, beside a real one'

export function addStandalone(program: Command, context: ProgramContext): void {
  program
    .command('standalone')
    .summary('run a Kubernetes API with image streams in this process')
    .description('Runs Millrace with a small stand-in cluster in one process, until it is interrupted.')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one (default: 8443)')
    .option('--data-dir <directory>', 'where state and kubeconfig live (default: .millrace)')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .addOption(refreshOption())
    .addOption(receiverOption())
    .option('--pull-secrets <file>', 'credentials of registries for all namespaces: a config.json of Docker')
    .addOption(registriesOption(REGISTRIES_HELP))
    .addOption(workloadKindOption().hideHelp())
    .action(async (options: Options) => {
      if (options.workloadKind) throw new CommandError(NO_CUSTOM_KINDS)
      const port = options.port === undefined ? undefined : portOf(options.port)
      const level = options.logLevel === undefined ? undefined : levelOf(options.logLevel)
      const refresh = options.refresh === undefined ? undefined : refreshOf(options.refresh)
      const receivers = receiversOf(options.receiver ?? [])
      const { runStandalone } = await import('../../app/run.ts')
      context.exitCode = await runStandalone({
        ...(port !== undefined && { port }),
        ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
        ...(level !== undefined && { logLevel: level }),
        ...(refresh !== undefined && { refresh }),
        receivers,
        ...(options.pullSecrets !== undefined && { pullSecrets: options.pullSecrets }),
        ...(options.registries !== undefined && { registries: options.registries }),
      })
    })
}
