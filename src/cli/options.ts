// Options that every command has, and how commands declare their own.
import { Option, type Command } from 'commander'

/** Options of the program, as commander stores them. */
export interface GlobalOptions {
  namespace?: string
  allNamespaces?: boolean
  kubeconfig?: string
  context?: string
  cluster?: string
  user?: string
  server?: string
  token?: string
  certificateAuthority?: string
  insecureSkipTlsVerify?: boolean
  requestTimeout?: string
  output?: string
  v?: string
}

/** Adds the options that every command understands, before and after its name. */
export function addGlobalOptions(program: Command): void {
  program.option('-n, --namespace <name>', 'namespace (default: the one of the context)')
  flags(program, { '-A, --all-namespaces': 'all namespaces, for commands that list' })
    .option('-o, --output <format>', 'json, yaml or name instead of text')
    .option('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--cluster <name>', 'cluster of the kubeconfig')
    .option('--user <name>', 'user of the kubeconfig')
    .option('-s, --server <url>', 'address of the API server')
    .option('--token <token>', 'bearer token')
    .option('--certificate-authority <file>', 'certificate authority of the server')
  flags(program, { '--insecure-skip-tls-verify': "do not check the server's certificate" })
    .option('--request-timeout <duration>', 'give up a request after this long, such as 30s or 5m (default: never)')
    .addOption(new Option('-v, --v <level>', 'verbosity; from 6 on, errors show where they come from').hideHelp())
}

/** Declares flags without value, which "--flag=false" turns off as well (see arguments.ts). */
export function flags(command: Command, descriptions: Readonly<Record<string, string>>): Command {
  for (const [name, description] of Object.entries(descriptions)) addFlag(command, new Option(name, description))
  return command
}

/** Declares such a flag that is on unless it is turned off. */
export function flagThatIsOn(command: Command, name: string, description: string): Command {
  return addFlag(command, new Option(name, description).default(true))
}

function addFlag(command: Command, option: Option): Command {
  return command.addOption(option).addOption(new Option(`--no-${option.name()}`).hideHelp())
}

/** Names of the flags without value, of a program and all its commands. */
export function flagNames(program: Command): ReadonlySet<string> {
  const own = program.options.filter((option) => option.isBoolean() && !option.negate).map((option) => option.name())
  return new Set([...own, ...program.commands.flatMap((command) => [...flagNames(command)])])
}

/** Declares --dry-run of a command that writes. */
export function dryRunOption(command: Command): Command {
  return command.option('--dry-run [strategy]', 'none, client or server')
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
