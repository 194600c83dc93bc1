import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
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
    '--scheduled': 'let the server import again and again',
    '--insecure': 'accept any certificate, and HTTP; beats the annotation of the stream',
  })
    .option('--reference-policy <policy>', 'source, or local to pull through the integrated registry (default: source)')
    .option('--import-mode <mode>', 'Legacy, or PreserveOriginal to import the full manifest list (default: Legacy)')
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
      }
      const { importImage } = await import('../import/run.ts')
      await withSession(context, command, (session) => importImage(session, argument, given))
    })
}

const EXAMPLES = `Examples:
  # Import tag latest into a new image stream
  millrace import-image mystream --from=registry.io/repo/image:latest --confirm

  # Update all tags of an image stream
  millrace import-image mystream --all`
