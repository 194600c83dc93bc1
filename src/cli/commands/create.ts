import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
import { UsageError } from '../failure.ts'
import { collect, dryRunOption, flags } from '../options.ts'

interface StreamOptions {
  lookupLocal?: boolean
  dryRun?: string
}

interface TagOptions {
  from?: string
  fromImage?: string
  annotation?: string[]
  scheduled?: boolean
  insecure?: boolean
  reference?: boolean
  referencePolicy?: string
  dryRun?: string
}

export function addCreate(program: Command, context: ProgramContext): void {
  const create = program
    .command('create')
    .summary('create image streams and tags')
    .description('Creates image streams and tags. For everything else there is kubectl create.')
  addStream(create, context)
  addStreamTag(create, context)
}

function addStream(create: Command, context: ProgramContext): void {
  const command = create
    .command('imagestream [name...]')
    .usage('NAME')
    .alias('is')
    .summary('create an empty image stream')
    .description('Creates an image stream without tags.')
  flags(command, { '--lookup-local': 'let workloads of the namespace name the stream as an image' })
  dryRunOption(command).action(async (names: string[], options: StreamOptions) => {
    const [{ create }, { streamBody }, { IMAGE_STREAMS }] = await parts()
    const body = streamBody(only(names), options.lookupLocal ?? false)
    const mode = dryRun(options.dryRun)
    await withSession(context, command, (session) => create(session, IMAGE_STREAMS, body, mode))
  })
}

function addStreamTag(create: Command, context: ProgramContext): void {
  const command = create
    .command('imagestreamtag [name...]')
    .alias('istag')
    .usage('STREAM:TAG [--from-image=IMAGE|--from=STREAM:TAG]')
    .summary('create a tag of an image stream')
    .description('Creates a tag of an image stream, and the stream if there is none.')
    .option('--from-image <image>', 'image of a registry')
    .option('--from <source>', '[NAMESPACE/]STREAM:TAG, STREAM@DIGEST, or :TAG of the same stream')
    .option('--annotation <name=value>', 'annotation of the tag; may be repeated', collect)
  flags(command, {
    '--scheduled': 'let the server import the image again and again',
    '--insecure': 'accept any certificate, and HTTP',
    '--reference': 'let users of the tag pull from its source',
  }).option('--reference-policy <policy>', 'source, or local to pull through the integrated registry')
  dryRunOption(command).action(async (names: string[], options: TagOptions) => {
    const [{ create }, { streamTagBody }, { IMAGE_STREAM_TAGS }] = await parts()
    const body = streamTagBody(only(names), {
      from: options.from ?? '',
      fromImage: options.fromImage ?? '',
      annotations: (options.annotation ?? []).flatMap((pairs) => pairs.split(',')),
      scheduled: options.scheduled ?? false,
      insecure: options.insecure ?? false,
      reference: options.reference ?? false,
      referencePolicy: options.referencePolicy ?? '',
    })
    const mode = dryRun(options.dryRun)
    await withSession(context, command, (session) => create(session, IMAGE_STREAM_TAGS, body, mode))
  })
}

function only(names: readonly string[]): string {
  const [name, ...more] = names
  if (name === undefined || more.length > 0) throw new UsageError(`exactly one NAME is required, got ${names.length}`)
  return name
}

const parts = () => Promise.all([import('../create/run.ts'), import('../create/body.ts'), import('../stream/refs.ts')])
