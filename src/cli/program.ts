// The command line: which commands there are. What they do is loaded when they run.
import { Command, CommanderError, Help } from 'commander'
import { normalize } from './arguments.ts'
import { addAdm } from './commands/adm.ts'
import { addCreate } from './commands/create.ts'
import { addDelete } from './commands/delete.ts'
import { addDescribe } from './commands/describe.ts'
import { addGet } from './commands/get.ts'
import { addImportImage } from './commands/importImage.ts'
import { addInstall } from './commands/install.ts'
import { addProjects } from './commands/project.ts'
import { addRollback } from './commands/rollback.ts'
import { addServer } from './commands/server.ts'
import { addSet } from './commands/set.ts'
import { addStandalone } from './commands/standalone.ts'
import { addTag } from './commands/tag.ts'
import { addUninstall } from './commands/uninstall.ts'
import { addVersion } from './commands/version.ts'
import type { ProgramContext } from './context.ts'
import { failureText, UsageError } from './failure.ts'
import { addGlobalOptions, flagNames, type GlobalOptions } from './options.ts'

/** Runs one command line and gives the exit code. Never throws: what goes wrong is a line on stderr. */
export async function runProgram(args: readonly string[], name: string, context: ProgramContext): Promise<number> {
  const program = buildProgram(name, context)
  try {
    await program.parseAsync(normalize(args, flagNames(program)), { from: 'user' })
    return context.exitCode
  } catch (error) {
    if (error instanceof CommanderError) return usageFailure(error, program, args, context)
    const { terminal, env } = context
    terminal.err(`${failureText(error)}${error instanceof UsageError ? hint(program, args) : ''}\n`)
    const verbose = Number(program.opts<GlobalOptions>().v ?? 0) >= 6 || Boolean(env['MILLRACE_DEBUG'])
    if (verbose && error instanceof Error) terminal.err(`${stackOf(error)}\n`)
    return 1
  }
}

function buildProgram(name: string, context: ProgramContext): Command {
  const { terminal } = context
  const program = new Command(name)
    .description('Image streams for every Kubernetes.')
    .usage('[command] [flags]')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({
      sortSubcommands: true,
      subcommandTerm: (command) => command.name(),
      showGlobalOptions: true,
      boxWrap: wrapProse,
    })
    .configureOutput({ writeOut: (text) => terminal.out(text), writeErr: () => {}, outputError: () => {} })
    .exitOverride()
  addGlobalOptions(program)
  addImportImage(program, context)
  addTag(program, context)
  addRollback(program, context)
  addCreate(program, context)
  addSet(program, context)
  addDelete(program, context)
  addGet(program, context)
  addDescribe(program, context)
  addAdm(program, context)
  addInstall(program, context)
  addServer(program, context)
  addProjects(program, context)
  addStandalone(program, context)
  addUninstall(program, context)
  addVersion(program, context)
  return program
}

/** Breaks lines at a width, except examples, which are indented: they are there to be copied. */
function wrapProse(this: Help, text: string, width: number): string {
  const wrap = (line: string) => (line.startsWith('  ') ? line : Help.prototype.boxWrap.call(this, line, width))
  return text.split('\n').map(wrap).join('\n')
}

/** commander's complaint as one line, and where to find help. Its "errors" for help and version are none. */
function usageFailure(
  error: CommanderError,
  program: Command,
  args: readonly string[],
  context: ProgramContext,
): number {
  if (error.exitCode === 0) return 0
  const { terminal } = context
  if (error.code === 'commander.help') {
    terminal.out(commandOf(program, args).helpInformation())
    return 0
  }
  terminal.err(`${error.message.replaceAll('\n', ' ')}${hint(program, args)}\n`)
  return 1
}

function hint(program: Command, args: readonly string[]): string {
  const command = commandOf(program, args)
  const path: string[] = []
  for (let at: Command | null = command; at; at = at.parent) path.unshift(at.name())
  return ` (see '${path.join(' ')} --help')`
}

/** The innermost command that the arguments name. */
function commandOf(program: Command, args: readonly string[]): Command {
  let command = program
  for (const arg of args) {
    command = command.commands.find((c) => c.name() === arg || c.aliases().includes(arg)) ?? command
  }
  return command
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by: ${stackOf(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
