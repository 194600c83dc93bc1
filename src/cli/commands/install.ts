import { Option, type Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { refuseForeign, type InstallFlags } from '../install/flags.ts'
import { parseDuration } from '../goDuration.ts'
import { collect, flags } from '../options.ts'
import { registriesOption } from '../registriesFlag.ts'
import { allowRegistryAddressOption, refreshOption, workloadKindOption } from '../serverFlags.ts'

export function addInstall(program: Command, context: ProgramContext): void {
  const command = program
    .command('install')
    .summary('install Millrace in a cluster, or go to another version')
    .description(
      `Applies everything that Millrace needs in a cluster, and waits until it works. It looks first: when something is in the way, it says
what, and changes nothing. Running it again changes settings or the version; image streams stay.`,
    )
    .option('--image <reference>', 'container image of Millrace, where your nodes can pull it')
    .option('--image-pull-policy <policy>', 'Always, IfNotPresent or Never (default: IfNotPresent)')
    .option(
      '--image-pull-secret <name>',
      'secret in the namespace with which nodes pull the image; may be repeated',
      collect,
    )
    .option('--replicas <number>', 'how many servers run (default: 2)')
    .option(
      '--pull-secrets-from <namespace>',
      'imports use pull secrets of these namespaces only; may be repeated',
      collect,
    )
    .option('--priority-class <name>', 'priority class of the pods')
  command
    .addOption(workloadKindOption())
    .addOption(allowRegistryAddressOption())
    .addOption(
      registriesOption('put into the cluster what this file says of registries; without it what is there stays'),
    )
    .addOption(refreshOption())
  flags(command, {
    '--cert-manager': 'let cert-manager make the certificates',
    '--print': 'print the objects as YAML, or with -o json as JSON, instead of applying them',
  })
    .addOption(new Option('--timeout <duration>', 'how long to wait until it works; 0 does not wait').default('2m'))
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .action(async (_options, self: Command) => {
      const options = self.optsWithGlobals<InstallFlags>()
      refuseForeign(options)
      const { settingsOf } = await import('../install/settings.ts')
      const settings = settingsOf(options)
      const patience = parseDuration(options.timeout)
      if (options.print) {
        const { printed } = await import('../install/print.ts')
        return context.terminal.out(printed(settings, options.output))
      }
      await withSession(context, self, async (session) => {
        const { runInstall } = await import('../install/run.ts')
        await runInstall(session, settings, patience)
      })
    })
}
