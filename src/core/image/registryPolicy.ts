// Which registries images may come from. An empty list allows all of them.
import { glob } from '../oci/glob.ts'
import { exact, type Reference, tryParseReference } from '../oci/reference.ts'
import { asRepository, hostPort, withClientDefaults } from '../oci/forms.ts'
import type { ImageStream } from './types.ts'
import type { RegistryCheck } from './validation/tag.ts'

/** An entry of the list: `host[:port]`, where `*` stands for any run of characters and `?` for one. */
export interface AllowedRegistry {
  domainName: string
  /** Without a port: the registry is reached at 80, not 443. */
  insecure?: boolean
}

/** What decides. */
export interface RegistryPolicy {
  allowedRegistries?: readonly AllowedRegistry[]
  /** Always allowed. */
  internalRegistryHostname?: string
}

/** Entries that an error names. */
const NAMED_ENTRIES = 5

/**
 * The check of a write. Repositories that the old stream refers to stay allowed, so that a shorter list never stands in the
 * way of other changes.
 */
export function registryCheck(policy: RegistryPolicy, old?: ImageStream): RegistryCheck {
  if (!policy.allowedRegistries?.length) return () => undefined
  const known = old ? repositoriesOf(old) : new Set<string>()
  return (reference, insecure) =>
    known.has(exact(asRepository(reference)))
      ? undefined
      : registryProblem(policy, reference, insecure ? 'any' : 'secure')
}

/** How the registry is reached; `any`: with or without TLS. */
export type Transport = 'secure' | 'insecure' | 'any'

/** Why images of a registry are refused, or undefined. */
export function registryProblem(
  policy: RegistryPolicy,
  reference: Reference,
  transport: Transport,
): string | undefined {
  const { allowedRegistries: allowed = [], internalRegistryHostname: internal } = policy
  if (allowed.length === 0) return undefined
  const { registry } = withClientDefaults(reference)
  if (internal && registry === internal) return undefined
  const [host = '', port] = registry.split(':')
  const ports = port ? [port] : transport === 'any' ? ['80', '443'] : [transport === 'insecure' ? '80' : '443']
  const hosts = HUB.includes(host) ? [host, 'docker.io'] : [host]
  const entries = allowed.map(parseEntry)
  if (entries.some((e) => hosts.some((h) => glob(e.host, h)) && ports.some((p) => glob(e.port, p)))) return undefined
  return `registry ${JSON.stringify(registry)} not allowed by whitelist: ${describe(entries)}`
}

const HUB: readonly string[] = ['index.docker.io', 'registry-1.docker.io']

function parseEntry({ domainName, insecure }: AllowedRegistry): { host: string; port: string } {
  const [host = '', port] = domainName.split(':')
  return { host, port: port || (insecure ? '80' : '443') }
}

function describe(entries: readonly { host: string; port: string }[]): string {
  const shown = entries.length > NAMED_ENTRIES ? entries.slice(0, NAMED_ENTRIES - 1) : entries
  const more = entries.length - shown.length
  const list = shown.map(({ host, port }) => JSON.stringify(`${host}:${port}`)).join(', ')
  return more > 0 ? `${list}, and ${more} more ...` : list
}

function repositoriesOf(stream: ImageStream): Set<string> {
  const { spec, status } = stream
  const specs = [
    spec.dockerImageRepository ?? '',
    ...(spec.tags ?? []).flatMap((tag) => (tag.from?.kind === 'DockerImage' ? (tag.from.name ?? '') : [])),
    ...(status.tags ?? []).flatMap((tag) => (tag.items ?? []).map((event) => event.dockerImageReference)),
  ]
  const references = specs.map((spec) => tryParseReference(spec)).filter((r) => r !== undefined)
  return new Set(references.map((r) => exact(asRepository(r))))
}

/** `host:port` of a reference, as errors of imports name it. */
export function registryAddress(reference: Reference, insecure: boolean): string {
  const { host, port } = hostPort(reference, insecure)
  return `${host}:${port}`
}
