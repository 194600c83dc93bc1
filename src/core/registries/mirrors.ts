// Where a repository is asked for: at its mirrors, and at the registry itself.
import { registryUrl, repositoryName } from '../oci/forms.ts'
import type { Reference } from '../oci/reference.ts'
import { parseLocation, pathBehind, type Registries } from './prefix.ts'

/** A repository in a mirror. */
export interface MirrorSource {
  /** `host[:port]` to connect to. */
  host: string
  /** As in URLs. */
  name: string
  insecure: boolean
  /** By this its credentials are found. */
  reference: Reference
}

/** The mirrors of a repository in their order; `only`: the registry itself is not asked. */
export interface Sources {
  mirrors: readonly MirrorSource[]
  only: boolean
}

const NONE: Sources = { mirrors: [], only: false }

/** Finds them. `host`: as it is connected to; `name`: as in URLs. */
export function sourcesOf({ find }: Registries, host: string, name: string): Sources {
  const entry = find(host, name)
  if (!entry?.mirrors) return NONE
  const rest = pathBehind(parseLocation(entry.prefix, true)?.path ?? '', name) ?? ''
  const mirrors = entry.mirrors.flatMap(({ location, insecure = false }) => {
    const at = parseLocation(location)
    const path = at && [at.path, rest].filter(Boolean).join('/')
    return path ? [mirrorSource(at.host, path, insecure)] : []
  })
  return { mirrors, only: entry.mirrorsOnly ?? false }
}

function mirrorSource(registry: string, path: string, insecure: boolean): MirrorSource {
  const slash = path.indexOf('/')
  const namespace = slash < 0 ? '' : path.slice(0, slash)
  const reference: Reference = { registry, namespace, name: path.slice(slash + 1), tag: '', id: '' }
  const host = registryUrl(reference).slice('https://'.length)
  return { host, name: repositoryName(reference), insecure, reference }
}
