import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
import { CommandError } from '../failure.ts'
import { flags } from '../options.ts'
import { importMode, referencePolicy } from '../stream/policy.ts'

interface Options {
  from?: string
  confirm?: boolean
  all?: boolean
  scheduled?: boolean
  insecure?: boolean
  referencePolicy?: string
  importMode?: string
  dryRun?: string
  limit?: string
  resume?: boolean
}

export function addImportImage(program: Command, context: ProgramContext): void {
  const command = program
    .command('import-image [imagestream]')
    .usage('IMAGESTREAM[:TAG] [flags]')
    .summary('import images from a container image registry')
    .description('Imports images from a container image registry into an image stream.\n\n' + EXAMPLES)
    .option('--from <repository>', 'registry repository to import from')
  flags(command, {
    '--confirm': 'allow the import location of the stream to be set or changed',
    '--all': 'import all tags of the source',
    '--resume': 'with --all: leave out what has been imported already',
    '--scheduled': 'let the server import again and again',
    '--insecure': 'accept any certificate, and HTTP; beats the annotation of the stream',
  })
    .option('--reference-policy <policy>', 'source, or local to pull through the integrated registry (default: source)')
    .option('--import-mode <mode>', 'Legacy, or PreserveOriginal to import the full manifest list (default: Legacy)')
    .option('--limit <count>', 'with --all: import at most so many tags of a repository (default: all)')
    .option('--dry-run [value]', 'only look what would be imported')
    .action(async (argument = '', options: Options) => {
      const given = {
        from: options.from ?? '',
        confirm: options.confirm ?? false,
        all: options.all ?? false,
        scheduled: options.scheduled ?? false,
        insecure: options.insecure,
        referencePolicy: referencePolicy(options.referencePolicy, 'valid reference policy values are source or local'),
        importMode: importMode(options.importMode),
        dryRun: dryRun(options.dryRun) !== 'none',
        limit: limit(options),
        resume: options.resume ?? false,
      }
      const { importImage } = await import('../import/run.ts')
      await withSession(context, command, (session) => importImage(session, argument, given))
    })
}

function limit({ all, limit: text, resume }: Options): number | undefined {
  if (!all && (text !== undefined || resume)) throw new CommandError('--limit and --resume go with --all')
  if (text === undefined) return undefined
  if (/^[1-9][0-9]{0,5}$/.test(text)) return Number(text)
  throw new CommandError(`--limit is a number of tags from 1 to 999999, not "${text.slice(0, 40)}"`)
}

const EXAMPLES = `Examples:
  # Import tag latest into a new image stream
  millrace import-image mystream --from=registry.io/repo/image:latest --confirm

  # Import all tags of a repository, and go on after an interruption
  millrace import-image mystream --from=registry.io/repo/image --all --confirm
  millrace import-image mystream --from=registry.io/repo/image --all --confirm --resume

  # Update all tags of an image stream
  millrace import-image mystream --all`
