// Prefixes: `host[:port][/path]`, where labels of the host may be `*`. Which of them is the most specific one for a repository.
import { HOST, NAME_LIMIT, PATH } from '../oci/grammar.ts'
import type { RegistriesConfiguration, RegistryConfiguration } from './configuration.ts'

/** A registry, or a part of one. */
export interface Location {
  /** Lower case, as people name it: `docker.io` for Docker Hub. */
  host: string
  /** `namespace/name` or the beginning of one; '' for all of a registry. */
  path: string
}

/** All names of Docker Hub, as people write them and as it is connected to. */
const HUB: readonly string[] = ['index.docker.io', 'registry-1.docker.io']

/** The location of a repository: `host` to connect to or as people write it, `name` as it stands in URLs. */
export function locationOf(host: string, name: string): Location {
  const lower = host.toLowerCase().replace(/:443$/, '')
  return { host: HUB.includes(lower) ? 'docker.io' : lower, path: name }
}

/** Reads a location as an administrator writes it; undefined when it is none. `wild`: labels of the host may be `*`. */
export function parseLocation(text: string, wild = false): Location | undefined {
  const slash = text.indexOf('/')
  const host = slash < 0 ? text : text.slice(0, slash)
  const path = slash < 0 ? '' : text.slice(slash + 1)
  if (text.length > NAME_LIMIT || (slash >= 0 && !PATH.test(path))) return undefined
  const literal = wild ? host.replaceAll(/(?<=^|\.)\*(?=\.)/g, 'x') : host
  return HOST.test(literal) ? locationOf(host, path) : undefined
}

/** `host[:port][/path]` */
export const locationText = ({ host, path }: Location): string => (path ? `${host}/${path}` : host)

/** What is left of a path behind its beginning; undefined where it does not begin so. '' where nothing is left. */
export function pathBehind(beginning: string, path: string): string | undefined {
  if (beginning === '') return path
  if (path === beginning) return ''
  return path.startsWith(`${beginning}/`) ? path.slice(beginning.length + 1) : undefined
}

/**
 * The configuration with the most specific prefix for a repository: `host` to connect to, `name` as in URLs. Without a name: for the
 * host as a whole, which is where everything but mirrors is said.
 */
export type FindRegistry = (host: string, name?: string) => RegistryConfiguration | undefined

interface Candidate {
  registry: RegistryConfiguration
  labels: readonly string[]
  path: string
}

/** A configuration with what is needed again and again. Replaced as a whole when the document changes. */
export interface Registries {
  readonly configuration: RegistriesConfiguration
  readonly find: FindRegistry
  /** Whether a mirror is at this `host[:port]`. */
  readonly isMirror: (host: string) => boolean
}

/** Prepares a configuration. Every prefix must be one. */
export function registriesOf(configuration: RegistriesConfiguration): Registries {
  const candidates = configuration.registries.map(candidateOf).sort(bySpecificity)
  const locations = configuration.registries.flatMap(({ mirrors = [] }) => mirrors.map(({ location }) => location))
  const mirrors = new Set(locations.map((location) => parseLocation(location)?.host))
  return {
    configuration,
    isMirror: (host) => mirrors.size > 0 && mirrors.has(locationOf(host, '').host),
    find(host, name = '') {
      if (candidates.length === 0) return undefined
      const location = locationOf(host, name)
      const labels = location.host.split('.')
      return candidates.find((candidate) => covers(candidate, labels, location.path))?.registry
    },
  }
}

function candidateOf(registry: RegistryConfiguration): Candidate {
  const location = parseLocation(registry.prefix, true)
  if (!location) throw new TypeError(`${registry.prefix} is no prefix`)
  return { registry, labels: location.host.split('.'), path: location.path }
}

function covers({ labels, path }: Candidate, host: readonly string[], name: string): boolean {
  return (
    labels.length === host.length &&
    labels.every((label, i) => label === '*' || label === host[i]) &&
    pathBehind(path, name) !== undefined
  )
}

/** The host counts before the path: first who names more of it, then who names the longer path. */
function bySpecificity(a: Candidate, b: Candidate): number {
  const wild = ({ labels }: Candidate) => labels.filter((label) => label === '*').length
  return wild(a) - wild(b) || b.path.length - a.path.length
}
