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
  program
    .option('-n, --namespace <name>', 'namespace (default: the one of the context)')
    .option('-A, --all-namespaces', 'all namespaces, for commands that list')
    .option('-o, --output <format>', 'json, yaml or name instead of text')
    .option('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, else ~/.kube/config)')
    .option('--context <name>', 'context of the kubeconfig')
    .option('--cluster <name>', 'cluster of the kubeconfig')
    .option('--user <name>', 'user of the kubeconfig')
    .option('-s, --server <url>', 'address of the API server')
    .option('--token <token>', 'bearer token')
    .option('--certificate-authority <file>', 'certificate authority of the server')
    .option('--insecure-skip-tls-verify', "do not check the server's certificate")
    .option('--request-timeout <duration>', 'give up a request after this long, such as 30s or 5m (default: never)')
    .addOption(new Option('-v, --v <level>', 'verbosity; from 6 on, errors show where they come from').hideHelp())
}

/** Declares a flag without value, which "--flag=false" turns off as well (see arguments.ts). */
export function flag(command: Command, flags: string, description: string, initial?: boolean): Command {
  const long = /--([a-z-]+)/.exec(flags)![1]!
  const option = new Option(flags, description)
  if (initial !== undefined) option.default(initial)
  return command.addOption(option).addOption(new Option(`--no-${long}`).hideHelp())
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
