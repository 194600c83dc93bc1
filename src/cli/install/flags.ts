import { CommandError } from '../failure.ts'
import type { GlobalOptions } from '../options.ts'

/** Flags of `install`, as commander stores them. */
export interface InstallFlags extends GlobalOptions {
  image?: string
  imagePullPolicy?: string
  imagePullSecret?: string[]
  replicas?: string
  pullSecretsFrom?: string[]
  priorityClass?: string
  certManager?: boolean
  workloadKind?: string[]
  allowRegistryAddress?: string[]
  registries?: string
  refresh?: string
  logLevel?: string
  print?: boolean
  timeout: string
}

/** Error: CommandError where there are flags of the program that mean nothing to what is in one namespace and shows no object. */
export function refuseForeign({ allNamespaces, output, print }: GlobalOptions & { print?: boolean }): void {
  if (allNamespaces) throw new CommandError('-A is for commands that list: --namespace names the one of the server')
  if (output !== undefined && !print) throw new CommandError('-o is for what prints objects, such as install --print')
}
