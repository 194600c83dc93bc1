import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { dryRun } from '../dryRun.ts'
import { collect, flag } from '../options.ts'

interface Options {
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
  dryRun?: string
}

export function addSet(program: Command, context: ProgramContext): void {
  const set = program.command('set').summary('change features of objects').description('Changes features of objects.')
  addTriggers(set, context)
  addImageLookup(set, context)
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
  flag(command, '--local', 'do not contact the server')
  command
    .option('--from-image <tag>', 'image stream tag to trigger off')
    .option('-c, --containers <names>', 'containers that get the image, separated by commas')
  flag(command, '--from-config', 'roll out when the template changes')
  flag(command, '--auto', 'enable the given trigger, or all')
  flag(command, '--manual', 'disable the given trigger, or all')
  flag(command, '--remove', 'remove the given trigger')
  flag(command, '--remove-all', 'remove all triggers')
  for (const [name, what] of WEBHOOKS)
    flag(command, `--${name}`, `${what} web hook (build configs; not supported here)`)
  command.option('--dry-run [strategy]', 'none, client or server').action(async (args: string[], options: Options) => {
    const { setTriggers } = await import('../triggers/run.ts')
    const selection = selectionOf(args, options)
    const webhooks = [
      ...(options.fromGithub === undefined ? [] : ['GitHub' as const]),
      ...(options.fromGitlab === undefined ? [] : ['GitLab' as const]),
      ...(options.fromBitbucket === undefined ? [] : ['Bitbucket' as const]),
      ...(options.fromWebhook === undefined ? [] : ['generic' as const]),
      ...(options.fromWebhookAllowEnv === undefined ? [] : ['generic' as const]),
    ]
    const flags = {
      fromImage: options.fromImage ?? '',
      containers: options.containers ?? '',
      fromConfig: options.fromConfig ?? false,
      webhooks,
      auto: options.auto ?? false,
      manual: options.manual ?? false,
      remove: options.remove ?? false,
      removeAll: options.removeAll ?? false,
    }
    const mode = dryRun(options.dryRun)
    await withSession(context, command, (session) => setTriggers(session, selection, flags, mode))
  })
}

function addImageLookup(set: Command, context: ProgramContext): void {
  const command = set
    .command('image-lookup [streams...]')
    .usage('STREAM|RESOURCE/NAME...')
    .summary('change whether bare names mean image streams')
    .description('Shows or changes whether workloads may name an image stream where they name an image.')
  addSelection(command)
  flag(command, '--local', 'do not contact the server')
  flag(command, '--list', 'show the state')
  flag(command, '--enabled', 'resolve names (default)', true)
  command
    .option('--dry-run [strategy]', 'none, client or server')
    .action(async (args: string[], options: Options & { list?: boolean; enabled: boolean }) => {
      const { setImageLookup } = await import('../lookup/run.ts')
      const selection = selectionOf(args, options)
      const flags = { list: options.list ?? false, enabled: options.enabled, dryRun: dryRun(options.dryRun) }
      await withSession(context, command, (session) => setImageLookup(session, selection, flags))
    })
}

function addSelection(command: Command): void {
  command
    .option('-f, --filename <file>', 'take the objects that a file names', collect)
    .option('-l, --selector <labels>', 'take the objects that a label selector picks')
  flag(command, '--all', 'take all objects of the given types')
}

function selectionOf(args: readonly string[], options: Options) {
  const { filename = [], all = false, selector = '', local = false } = options
  return { args, files: filename, all, selector, local }
}

const WEBHOOKS = [
  ['from-github', 'GitHub'],
  ['from-gitlab', 'GitLab'],
  ['from-bitbucket', 'Bitbucket'],
  ['from-webhook', 'generic'],
  ['from-webhook-allow-env', 'generic'],
] as const

const EXAMPLES = `Examples:
  # Show the triggers
  millrace set triggers deployment/myapp

  # Let a tag decide the image of a container
  millrace set triggers deployment/myapp --from-image=ubi:8 -c myapp

  # Stop and go on
  millrace set triggers deployment/myapp --manual
  millrace set triggers deployment/myapp --auto`
