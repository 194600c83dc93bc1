import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'

export function addDescribe(program: Command, context: ProgramContext): void {
  const command = program
    .command('describe [resources...]')
    .usage('is|istag|isimage|image NAME...')
    .summary('show details of image streams, their tags and images')
    .description(
      'Shows an image stream with its history, newest first, or an image. For everything else there is kubectl describe.',
    )
    .option('-l, --selector <labels>', 'describe what a label selector picks')
    .action(async (args: string[], options: { selector?: string }) => {
      const { describe } = await import('../describe/run.ts')
      await withSession(context, command, (session) => describe(session, args, options.selector ?? ''))
    })
}
