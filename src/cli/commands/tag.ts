import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { flags } from '../options.ts'

interface Options {
  source?: string
  delete?: boolean
  alias?: boolean
  reference?: boolean
  scheduled?: boolean
  insecure?: boolean
  referencePolicy: string
  importMode?: string
}

export function addTag(program: Command, context: ProgramContext): void {
  const command = program
    .command('tag [tags...]')
    .usage('[--source=KIND] SOURCE DEST [DEST...]')
    .summary('tag existing images into image streams')
    .description('Points tags of image streams at images: of a stream, or of a registry.\n\n' + EXAMPLES)
    .option('--source <kind>', 'what SOURCE is: imagestreamtag, istag, imagestreamimage, isimage or docker')
  flags(command, {
    '-d, --delete': 'delete the given tags',
    '--alias': 'let the destination follow the source, within one stream',
    '--reference': 'let users of the destination pull from the source',
    '--scheduled': 'let the server import the image again and again',
    '--insecure': 'accept any certificate, and HTTP',
  })
    .option('--reference-policy <policy>', 'source, or local to pull through the integrated registry', 'source')
    .option('--import-mode <mode>', 'Legacy, or PreserveOriginal to import the full manifest list (default: Legacy)')
    .action(async (args: string[], options: Options) => {
      const { tag } = await import('../tag/run.ts')
      const given = {
        source: options.source ?? '',
        delete: options.delete ?? false,
        alias: options.alias ?? false,
        reference: options.reference ?? false,
        scheduled: options.scheduled ?? false,
        insecure: options.insecure ?? false,
        referencePolicy: options.referencePolicy,
        importMode: options.importMode ?? '',
      }
      await withSession(context, command, (session) => tag(session, args, given))
    })
}

const EXAMPLES = `Examples:
  # Tag the current image of another tag
  millrace tag openshift/ruby:2.0 yourproject/ruby:tip

  # Go back to an older image
  millrace tag ubi@sha256:6b646fa6bf5e5e4c7fa41056c27910e679c03ebe7f93e361e6515a9da7e258cc ubi:8

  # Tag an image of a registry, and follow it
  millrace tag --source=docker --scheduled registry.io/repo/image:latest yourproject/ruby:tip

  # Remove a tag
  millrace tag yourproject/ruby:tip -d`
