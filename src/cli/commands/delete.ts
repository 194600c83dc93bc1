import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
import type { RawDeletion } from '../delete/flags.ts'
import { dryRunOption, flags, flagThatIsOn, type GlobalOptions } from '../options.ts'

interface Options extends RawDeletion {
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
    .option('--cascade [mode]', 'what becomes of what they own: background, foreground or orphan', 'background')
    .option('--grace-period <seconds>', 'time that what is deleted is given to end')
    .option('--timeout <duration>', 'how long to wait for each (default: as long as it takes)')
  flags(command, {
    '--all': 'delete all objects of the given types in the namespace',
    '--ignore-not-found': 'what is not there is no failure',
    '--now': 'the same as --grace-period=1',
    '--force': 'give no time to end',
  })
  flagThatIsOn(command, '--wait', 'wait until they are gone (default)')
  dryRunOption(command).action(async (args: string[], options: Options) => {
    const [{ deleteObjects }, { parseDeletion }] = await Promise.all([
      import('../delete/run.ts'),
      import('../delete/flags.ts'),
    ])
    const mode = dryRun(options.dryRun)
    const { selector = '', all = false, ignoreNotFound = false, wait } = options
    const deletion = parseDeletion(options)
    const namespaced = command.optsWithGlobals<GlobalOptions>().namespace !== undefined
    await withSession(context, command, (session) =>
      deleteObjects(session, args, { selector, all, ignoreNotFound, wait, mode, namespaced, deletion }),
    )
  })
}
