import { Option, type Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { refuseForeign } from '../install/flags.ts'
import { flags, type GlobalOptions } from '../options.ts'

interface Options extends GlobalOptions {
  purge?: boolean
  timeout: string
}

export function addUninstall(program: Command, context: ProgramContext): void {
  const command = program
    .command('uninstall')
    .summary('remove Millrace from a cluster')
    .description(
      `Removes what "millrace install" has applied, first what makes the cluster send requests to Millrace. It works as well when the server is dead:
then it is what lets namespaces be deleted again. Image streams stay in the cluster unless --purge is given,
and so does the namespace where it holds objects of somebody else.`,
    )
  flags(command, {
    '--purge':
      'remove all image streams and images, too, and the namespace with all that it holds: nothing brings them back',
  })
    .addOption(new Option('--timeout <duration>', 'how long to wait until all is gone; 0 does not wait').default('2m'))
    .action(async (_options, self: Command) => {
      const options = self.optsWithGlobals<Options>()
      refuseForeign(options)
      await withSession(context, self, async (session) => {
        const { runUninstall } = await import('../install/run.ts')
        await runUninstall(session, options)
      })
    })
}
