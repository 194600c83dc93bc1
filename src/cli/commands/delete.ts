import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
import { dryRunOption, flags, flagThatIsOn, type GlobalOptions } from '../options.ts'

interface Options {
  selector?: string
  all?: boolean
  ignoreNotFound?: boolean
  wait: boolean
  dryRun?: string
}

export function addDelete(program: Command, context: ProgramContext): void {
  const command = program
    .command('delete [resources...]')
    .usage('is|istag NAME...')
    .summary('delete image streams and tags')
    .description('Deletes image streams, tags, images and signatures. For everything else there is kubectl delete.')
    .option('-l, --selector <labels>', 'delete what a label selector picks')
  flags(command, {
    '--all': 'delete all objects of the given types in the namespace',
    '--ignore-not-found': 'what is not there is no failure',
  })
  flagThatIsOn(command, '--wait', 'wait until they are gone (default)')
  dryRunOption(command).action(async (args: string[], options: Options) => {
    const { deleteObjects } = await import('../delete/run.ts')
    const mode = dryRun(options.dryRun)
    const { selector = '', all = false, ignoreNotFound = false, wait } = options
    const namespaced = command.optsWithGlobals<GlobalOptions>().namespace !== undefined
    await withSession(context, command, (session) =>
      deleteObjects(session, args, { selector, all, ignoreNotFound, wait, mode, namespaced }),
    )
  })
}
