// The forms that a reference takes: with Docker's defaults, for the wire, for people, without tag.
import { exact, type Reference } from './reference.ts'

const HUB = 'docker.io'
const HUB_ENDPOINT = 'registry-1.docker.io'
const HUB_ALIASES: readonly string[] = [HUB, 'index.docker.io', HUB_ENDPOINT]
const HUB_NAMESPACE = 'library'

const isHub = (registry: string): boolean => HUB_ALIASES.includes(registry)

/** What a Docker client would make of it: Docker Hub, `library`, `latest` (the tag even beside a digest). */
export function withClientDefaults(r: Reference): Reference {
  const registry = r.registry || HUB
  return {
    ...r,
    registry,
    namespace: r.namespace || (isHub(registry) ? HUB_NAMESPACE : ''),
    tag: r.tag || 'latest',
  }
}

/** The pull spec that people see: of Docker Hub with the namespace that it implies, otherwise as it is. */
export function pullSpec(r: Reference): string {
  return exact(r.namespace === '' && isHub(r.registry) ? { ...r, namespace: HUB_NAMESPACE } : r)
}

/** The host that serves Docker Hub's API in place of Docker Hub's names. */
function asV2(r: Reference): Reference {
  return r.registry === HUB || r.registry === 'index.docker.io' ? { ...r, registry: HUB_ENDPOINT } : r
}

/** `https://` and the host that serves the API. */
export function registryUrl(r: Reference): string {
  return `https://${asV2(withClientDefaults(r)).registry}`
}

/** `namespace/name` with Docker's defaults: what a repository is called in URLs and token scopes. */
export function repositoryName(r: Reference): string {
  const { namespace, name } = withClientDefaults(r)
  return namespace === '' ? name : `${namespace}/${name}`
}

/** Host and port that are contacted; the default port depends on the transport. */
export function hostPort(r: Reference, insecure: boolean): { host: string; port: string } {
  const { registry } = withClientDefaults(asV2(r))
  const colon = registry.indexOf(':')
  if (colon < 0) return { host: registry, port: insecure ? '80' : '443' }
  return { host: registry.slice(0, colon), port: registry.slice(colon + 1) }
}

/** Without tag and digest. */
export function asRepository(r: Reference): Reference {
  return { ...r, tag: '', id: '' }
}

/** The same repository by another tag. */
export function withTag(r: Reference, tag: string): Reference {
  return { ...r, tag, id: '' }
}

/** The same repository by digest. */
export function withDigest(r: Reference, id: string): Reference {
  return { ...r, tag: '', id }
}
