import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { collect, flags, flagThatIsOn } from '../options.ts'
import { writingOf, writingOptions, type WritingOptions } from './writing.ts'

interface Options extends WritingOptions {
  filename?: string[]
  selector?: string
  all?: boolean
  local?: boolean
  fromImage?: string
  containers?: string
  fromConfig?: boolean
  fromGithub?: boolean
  fromGitlab?: boolean
  fromBitbucket?: boolean
  fromWebhook?: boolean
  fromWebhookAllowEnv?: boolean
  auto?: boolean
  manual?: boolean
  remove?: boolean
  removeAll?: boolean
}

export function addSet(program: Command, context: ProgramContext): void {
  const set = program.command('set').summary('change features of objects').description('Changes features of objects.')
  addTriggers(set, context)
  addImageLookup(set, context)
  addImage(set, context)
}

function addTriggers(set: Command, context: ProgramContext): void {
  const command = set
    .command('triggers [resources...]')
    .usage('RESOURCE/NAME [--from-config|--from-image] [--auto|--manual]')
    .summary('update the triggers of workloads')
    .description(
      'Shows or changes what rolls out a Deployment, StatefulSet, DaemonSet or CronJob by itself.\n\n' + EXAMPLES,
    )
  addSelection(command)
  command
    .option('--from-image <tag>', 'image stream tag to trigger off')
    .option('-c, --containers <names>', 'containers that get the image, separated by commas')
  flags(command, {
    '--from-config': 'roll out when the template changes',
    '--auto': 'enable the given trigger, or all',
    '--manual': 'disable the given trigger, or all',
    '--remove': 'remove the given trigger',
    '--remove-all': 'remove all triggers',
  })
  for (const [name, , type] of WEBHOOKS)
    flags(command, { [`--${name}`]: `${type} web hook (build configs; not supported here)` })
  writingOptions(command).action(async (args: string[], options: Options) => {
    const { setTriggers } = await import('../triggers/run.ts')
    const selection = selectionOf(args, options)
    const webhooks = WEBHOOKS.flatMap(([, option, type]) => (options[option] === undefined ? [] : type))
    const given = {
      fromImage: options.fromImage ?? '',
      containers: options.containers ?? '',
      fromConfig: options.fromConfig ?? false,
      webhooks,
      auto: options.auto ?? false,
      manual: options.manual ?? false,
      remove: options.remove ?? false,
      removeAll: options.removeAll ?? false,
    }
    const writing = writingOf(options)
    await withSession(context, command, (session) => setTriggers(session, selection, given, writing))
  })
}

function addImageLookup(set: Command, context: ProgramContext): void {
  const command = set
    .command('image-lookup [streams...]')
    .usage('STREAM|RESOURCE/NAME...')
    .summary('change whether bare names mean image streams')
    .description('Shows or changes whether workloads may name an image stream where they name an image.')
  addSelection(command)
  flags(command, { '--list': 'show the state' })
  flagThatIsOn(command, '--enabled', 'resolve names (default)')
  writingOptions(command).action(async (args: string[], options: Options & { list?: boolean; enabled: boolean }) => {
    const { setImageLookup } = await import('../lookup/run.ts')
    const selection = selectionOf(args, options)
    const given = { list: options.list ?? false, enabled: options.enabled }
    const writing = writingOf(options)
    await withSession(context, command, (session) => setImageLookup(session, selection, given, writing))
  })
}

function addImage(set: Command, context: ProgramContext): void {
  const command = set
    .command('image [arguments...]')
    .usage('RESOURCE/NAME CONTAINER=IMAGE... [--source=istag]')
    .summary('change the images of containers')
    .description(
      'Changes the images of containers of workloads and pods, once: triggers change them again and again.\n' +
        'CONTAINER may be *, for all of them.',
    )
    .option('--source <type>', 'what IMAGE is: docker, imagestreamtag (istag) or imagestreamimage (isimage)', 'docker')
  addSelection(command)
  writingOptions(command).action(async (args: string[], options: Options & { source: string }) => {
    const { setImage } = await import('../image/run.ts')
    const selection = selectionOf(args, options)
    const writing = writingOf(options)
    await withSession(context, command, (session) => setImage(session, selection, options.source, writing))
  })
}

function addSelection(command: Command): void {
  command
    .option('-f, --filename <file>', 'take the objects that a file names', collect)
    .option('-l, --selector <labels>', 'take the objects that a label selector picks')
  flags(command, { '--all': 'take all objects of the given types', '--local': 'do not contact the server' })
}

function selectionOf(args: readonly string[], options: Options) {
  const { filename = [], all = false, selector = '', local = false } = options
  return { args, files: filename, all, selector, local }
}

/** Flag, the option that it becomes, and whose web hook it is. */
const WEBHOOKS = [
  ['from-github', 'fromGithub', 'GitHub'],
  ['from-gitlab', 'fromGitlab', 'GitLab'],
  ['from-bitbucket', 'fromBitbucket', 'Bitbucket'],
  ['from-webhook', 'fromWebhook', 'generic'],
  ['from-webhook-allow-env', 'fromWebhookAllowEnv', 'generic'],
] as const

const EXAMPLES = `Examples:
  # Show the triggers
  millrace set triggers deployment/myapp

  # Let a tag decide the image of a container
  millrace set triggers deployment/myapp --from-image=ubi:8 -c myapp

  # Stop and go on
  millrace set triggers deployment/myapp --manual
  millrace set triggers deployment/myapp --auto`
