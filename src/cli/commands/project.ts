import type { Command } from 'commander'
import { withSession, type ProgramContext } from '../context.ts'
import { CommandError } from '../failure.ts'
import { flags, type GlobalOptions } from '../options.ts'

interface Options {
  short?: boolean
}

interface NewOptions {
  displayName?: string
  description?: string
  skipConfigWrite?: boolean
}

/** new-project, project and projects. */
export function addProjects(program: Command, context: ProgramContext): void {
  addNewProject(program, context)
  addProject(program, context)
  addList(program, context)
}

function addNewProject(program: Command, context: ProgramContext): void {
  const command = program
    .command('new-project [name...]')
    .usage('NAME [--display-name=TEXT] [--description=TEXT]')
    .summary('create a project and switch to it')
    .description('Creates a project, which is a namespace, and makes it the current one of the kubeconfig.')
    .option('--display-name <text>', 'name of the project for people')
    .option('--description <text>', 'what the project is for')
  flags(command, { '--skip-config-write': 'create it only, and do not switch to it' }).action(
    async (names: string[], options: NewOptions) => {
      const [name, ...more] = names
      if (name === undefined || more.length > 0) throw new CommandError('must have exactly one argument')
      const { newProject } = await import('../project/create.ts')
      const { displayName = '', description = '', skipConfigWrite = false } = options
      const given = { name, displayName, description, skipConfigWrite }
      const kubeconfig = await kubeconfigOf(command, context)
      await withSession(context, command, (session) => newProject(session, kubeconfig, given))
    },
  )
}

function addProject(program: Command, context: ProgramContext): void {
  const command = program
    .command('project [name...]')
    .usage('[NAME] [-q]')
    .summary('switch to another project, or show the current one')
    .description(
      'Makes a project, or a context of the kubeconfig, the current one. Without a name, shows which is the current one.',
    )
  flags(command, { '-q, --short': 'print the name of the project only' }).action(
    async (names: string[], { short = false }: Options) => {
      if (names.length > 1) throw new CommandError('Only one argument is supported (project name or context name).')
      const [name = ''] = names
      const kubeconfig = await kubeconfigOf(command, context)
      const { showProject } = await import('../project/show.ts')
      const { useContext, useProject } = await import('../project/use.ts')
      const known = kubeconfig.config.contexts.find((one) => one.name === name)
      // A context is switched to without asking its cluster, or the current one, which may be why one wants to leave it.
      if (known) await useContext(context.terminal, kubeconfig, known, short)
      else {
        await withSession(context, command, (session) =>
          name ? useProject(session, kubeconfig, name, short) : showProject(session, kubeconfig, short),
        )
      }
    },
  )
}

function addList(program: Command, context: ProgramContext): void {
  const command = program
    .command('projects [arguments...]')
    .usage('[-q]')
    .summary('list projects')
    .description('Lists the projects that one has access to, and says which is the current one.')
  flags(command, { '-q, --short': 'print the names of the projects only' }).action(
    async (more: string[], { short = false }: Options) => {
      if (more.length > 0) throw new CommandError('no arguments should be passed')
      const { listProjects } = await import('../project/list.ts')
      const kubeconfig = await kubeconfigOf(command, context)
      await withSession(context, command, (session) => listProjects(session, kubeconfig, short))
    },
  )
}

async function kubeconfigOf(command: Command, context: ProgramContext) {
  const { readCurrent } = await import('../project/kubeconfig.ts')
  return readCurrent({ ...command.optsWithGlobals<GlobalOptions>(), env: context.env })
}
