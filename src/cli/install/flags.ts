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
