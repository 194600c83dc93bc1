import { VERSION } from '../../app/version.ts'
import { dns1123Label, dns1123Subdomain } from '../../core/machinery/meta/names.ts'
import { InvalidReference, parseReference } from '../../core/oci/reference.ts'
import { DEFAULTS, MOST_REPLICAS, PULL_POLICIES, type Settings } from '../../install/settings.ts'
import { takenNamespace } from '../../install/ownNamespace.ts'
import { CommandError } from '../failure.ts'
import { levelOf, refreshOf, registryAddressesOf, workloadKindsOf } from '../serverFlags.ts'
import type { InstallFlags } from './flags.ts'
import { registriesText } from './registries.ts'

/** What the flags of `install` say. Error: CommandError. */
export function settingsOf(flags: InstallFlags): Settings {
  const { namespace = DEFAULTS.namespace, image, priorityClass } = flags
  if (!image)
    throw new CommandError(
      '--image is needed: the container image of Millrace, where your nodes can pull it (docs/package.md says how to build it)',
    )
  checkImage(image)
  const imagePullSecrets = distinct(flags.imagePullSecret ?? [])
  const pullSecretsFrom = flags.pullSecretsFrom && distinct(flags.pullSecretsFrom)
  const workloadKinds = distinct(flags.workloadKind ?? [])
  const allowRegistryAddresses = distinct(flags.allowRegistryAddress ?? [])
  workloadKindsOf(workloadKinds)
  registryAddressesOf(allowRegistryAddresses)
  const { refresh = DEFAULTS.refresh } = flags
  refreshOf(refresh)
  for (const each of [namespace, ...(pullSecretsFrom ?? [])]) named('namespace', each, dns1123Label)
  const taken = takenNamespace(namespace)
  if (taken !== undefined) throw new CommandError(taken)
  if (priorityClass !== undefined) named('priority class', priorityClass, dns1123Subdomain)
  for (const each of imagePullSecrets) named('secret', each, dns1123Subdomain)
  return {
    ...DEFAULTS,
    namespace,
    image,
    imagePullPolicy: policyOf(flags.imagePullPolicy),
    imagePullSecrets,
    replicas: replicasOf(flags.replicas),
    version: VERSION,
    certificates: flags.certManager ? 'cert-manager' : 'own',
    ...(pullSecretsFrom && { pullSecretsFrom }),
    ...(priorityClass && { priorityClassName: priorityClass }),
    workloadKinds,
    allowRegistryAddresses,
    ...(flags.registries !== undefined && { registries: registriesText(flags.registries) }),
    refresh,
    logLevel: flags.logLevel === undefined ? DEFAULTS.logLevel : levelOf(flags.logLevel),
  }
}

/** What is said twice is said once: lists of Kubernetes refuse it. */
const distinct = (texts: readonly string[]): string[] => [...new Set(texts)]

/** Error: CommandError where no node could pull it. */
function checkImage(text: string): void {
  const problem = referenceProblem(text)
  if (problem !== undefined)
    throw new CommandError(`--image must be the reference of an image, not "${text}": ${problem}`)
}

function referenceProblem(text: string): string | undefined {
  if (/^[a-z]+:\/\//.test(text)) return 'leave the scheme out, as in registry.example.com/tools/millrace:0.1.0'
  try {
    const { registry, namespace, name } = parseReference(text)
    // A first word in capitals could be a host by the grammar, and is none: it has neither dot nor port.
    if (registry === '' && /[A-Z]/.test(namespace)) return 'repository name must be lowercase'
    return name === '' ? 'it names a registry and no repository' : undefined
  } catch (error) {
    if (error instanceof InvalidReference) return error.problem
    throw error
  }
}

function named(what: string, name: string, check: (name: string) => readonly string[]): void {
  const [problem] = check(name)
  if (problem !== undefined) throw new CommandError(`"${name}" cannot be a ${what}: ${problem}`)
}

function policyOf(text: string | undefined): Settings['imagePullPolicy'] {
  if (text === undefined) return DEFAULTS.imagePullPolicy
  const found = PULL_POLICIES.find((policy) => policy === text)
  if (!found) throw new CommandError(`--image-pull-policy must be ${PULL_POLICIES.join(', ')}, not "${text}"`)
  return found
}

function replicasOf(text: string | undefined): number {
  if (text === undefined) return DEFAULTS.replicas
  const replicas = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (replicas < 1 || replicas > MOST_REPLICAS)
    throw new CommandError(`--replicas must be a number from 1 to ${MOST_REPLICAS}, not "${text}"`)
  return replicas
}
