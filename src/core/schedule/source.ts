// What is asked of a registry: a tag or digest of a repository, and how its host is spoken to.
import { registryUrl, repositoryName, withClientDefaults } from '../oci/forms.ts'
import { InvalidReference, parseReference, type Reference } from '../oci/reference.ts'

/** In place of a tag, which it cannot be: the list of all tags. */
export const ALL_TAGS = '*'

/** Streams that spell the same thing differently have the same source. */
export interface Source {
  /** Names all of it. */
  key: string
  /** `host` or `host:port` to connect to. */
  host: string
  /** `namespace/name`, as in URLs. */
  repository: string
  /** Tag or digest, or ALL_TAGS. */
  reference: string
  insecure: boolean
  /** As the first who follows it spells it: credentials are found by that. */
  named: Reference
}

/** The source that a pull spec names; undefined when it is none. */
export function sourceOf(pullSpec: string, insecure: boolean): Source | undefined {
  try {
    const named = parseReference(pullSpec)
    const whole = withClientDefaults(named)
    const host = registryUrl(whole).slice('https://'.length)
    const repository = repositoryName(whole)
    const reference = named.id || whole.tag
    return { key: keyOf(insecure, host, repository, reference), host, repository, reference, insecure, named }
  } catch (error) {
    if (error instanceof InvalidReference) return undefined
    throw error
  }
}

/** Another tag of the same repository, or ALL_TAGS. */
export function sibling(source: Source, reference: string): Source {
  const { host, repository, insecure, named } = source
  const key = keyOf(insecure, host, repository, reference)
  return { ...source, key, reference, named: { ...named, tag: reference, id: '' } }
}

const keyOf = (insecure: boolean, host: string, repository: string, reference: string): string =>
  `${insecure} ${host}/${repository} ${reference}`
