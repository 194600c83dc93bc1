import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { flags, flagThatIsOn, type GlobalOptions } from '../options.ts'

interface Options {
  confirm?: boolean
  all: boolean
  keepYoungerThan?: string
  keepTagRevisions?: string
  pruneOverSizeLimit?: boolean
  pruneRegistry?: boolean
  ignoreInvalidRefs?: boolean
  numWorkers?: string
  registryUrl?: string
  forceInsecure?: boolean
}

export function addPrune(adm: Command, context: ProgramContext): void {
  const prune = adm.command('prune').summary('remove what is no longer needed').description('Removes old objects.')
  const command = prune
    .command('images')
    .usage('[--confirm]')
    .summary('remove images that nobody uses')
    .description(
      'Removes old entries from the histories of tags, then images that no history has and nothing uses.\n' +
        'Shows what would go; --confirm removes it.\n\n' +
        'Only objects of the API go. Contents of registries stay, those of an integrated registry too.',
    )
    .option('--keep-younger-than <duration>', 'keep what is younger (default: 60m)')
    .option('--keep-tag-revisions <number>', 'keep so many of the newest images of each tag (default: 3)')
    .option('--num-workers <number>', 'accepted, without effect: what goes is told and removed one by one, in order')
    .option('--registry-url <url>', 'accepted with --prune-registry=false, as no registry is asked')
  flags(command, {
    '--confirm': 'remove it',
    '--prune-over-size-limit': 'remove only images that are larger than LimitRanges of their namespace allow',
    '--prune-registry': 'not supported: contents of registries stay (default: false, other than in oc)',
    '--force-insecure': 'accepted with --prune-registry=false, as no registry is asked',
    '--ignore-invalid-refs': 'go on when an object names an image that cannot be read',
  })
  flagThatIsOn(command, '--all', 'also images that were imported, not pushed (default)').action(
    async (options: Options) => {
      const [{ pruneImages }, { parseFlags }] = await Promise.all([
        import('../prune/run.ts'),
        import('../prune/flags.ts'),
      ])
      const { namespace = '' } = command.optsWithGlobals<GlobalOptions>()
      const given = parseFlags({ ...options, namespace })
      await withSession(context, command, (session) => pruneImages(session, given))
    },
  )
}
