import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'

export function addGet(program: Command, context: ProgramContext): void {
  const command = program
    .command('get [resources...]')
    .usage('TYPE [NAME...] [-o wide|json|yaml|name]')
    .summary('list objects')
    .description('Lists objects as the server tabulates them, for machines without kubectl.')
    .option('-l, --selector <labels>', 'list what a label selector picks')
    .action(async (args: string[], options: { selector?: string }) => {
      const { get } = await import('../get/run.ts')
      await withSession(context, command, (session) => get(session, args, options.selector ?? ''))
    })
}
