import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { CommandError, UsageError } from '../failure.ts'

interface Options {
  toGeneration?: string
  toImage?: string
}

export function addRollback(program: Command, context: ProgramContext): void {
  const command = program
    .command('rollback [tag]')
    .usage('STREAM:TAG [--to-generation N|--to-image DIGEST]')
    .summary('point a tag at an older image of its history')
    .description(
      'Points a tag at an older image of its history: the one before the present one, unless a flag chooses.\n' +
        'The history is what "describe is STREAM" shows. The tag stays there until it is tagged again.',
    )
    .option('--to-generation <number>', 'the image of this generation')
    .option('--to-image <digest>', 'this image; the beginning of the digest is enough')
    .action(async (argument: string | undefined, options: Options) => {
      if (argument === undefined) throw new UsageError('you must specify the tag to roll back')
      const { toGeneration, toImage } = options
      if (toGeneration !== undefined && toImage !== undefined) {
        throw new CommandError('--to-generation and --to-image may not be used together')
      }
      if (toGeneration !== undefined && !/^[0-9]{1,15}$/.test(toGeneration)) {
        throw new CommandError(`--to-generation must be a number, not "${toGeneration}"`)
      }
      const target = {
        ...(toGeneration !== undefined && { generation: Number(toGeneration) }),
        ...(toImage !== undefined && { image: toImage }),
      }
      const { rollback } = await import('../rollback/run.ts')
      await withSession(context, command, (session) => rollback(session, argument, target))
    })
}
