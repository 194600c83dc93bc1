// Policies: a spec tag that follows the newest of a repository's tags that fit, instead of one fixed tag. Annotations of the spec tag
// say so; for a server that does not know them it is a tag like any other. See docs/spec/imports.md.
import { FILTER, IGNORE, MIN_AGE, POLICY, PRERELEASE } from '../image/annotations.ts'
import { isImportable } from '../image/importable.ts'
import type { ImageStream, TagReference } from '../image/types.ts'
import { hash } from '../machinery/hash.ts'
import { parseGoDuration } from '../machinery/scalar/goDuration.ts'
import { tryParseReference } from '../oci/reference.ts'
import { InvalidOrder, parseOrder, type Order } from './order.ts'
import { InvalidPattern, parsePattern, type Pattern } from './pattern.ts'

/** Which tags of a repository may be chosen, and which of them is the newest. */
export interface Policy {
  order: Order
  filter: Pattern
  ignore: readonly Pattern[]
  /** Milliseconds that a tag, or what it points at, has to be known before it is adopted; 0: none. */
  minAge: number
}

/** A policy as a tag has it, or what is wrong with it. */
export type Read = { policy: Policy } | { problem: string }

/** Milliseconds. */
const LEAST_AGE = 60_000
const MOST_AGE = 8_760 * 3_600_000
const MAX_IGNORED = 8
/** Tags of a stream that may have one: what is remembered of them is kept in one annotation, which has its limit, too. */
const MAX_POLICIES = 64

const ANY = parsePattern('*')

/** Whether a tag is to follow a policy, right or wrong. */
export function hasPolicy(tag: TagReference): boolean {
  return tag.annotations?.[POLICY] !== undefined && isImportable(tag)
}

/** The policy of a spec tag; undefined when it has none. */
export function policyOf(stream: Pick<ImageStream, 'spec'>, tag: TagReference): Read | undefined {
  if (!hasPolicy(tag)) return undefined
  if (isBeyond(stream, tag)) return { problem: `only ${MAX_POLICIES} tags of an image stream may have a policy` }
  if (tryParseReference(tag.from?.name ?? '')?.id)
    return { problem: `"${tag.from?.name}" names a digest, which is followed by nothing: name a tag of the repository` }
  return readPolicy(tag.annotations ?? {})
}

/** Looks at no more tags than it has to: there may be thousands, and this is asked of each. */
function isBeyond({ spec }: Pick<ImageStream, 'spec'>, tag: TagReference): boolean {
  let before = 0
  for (const each of spec.tags ?? []) {
    if (each.name === tag.name) return false
    if (hasPolicy(each) && ++before === MAX_POLICIES) return true
  }
  return false
}

/** What is the same for the same tag of the same source with the same policy; the cool-down may change. undefined: no policy. */
export function policyId(tag: TagReference): string | undefined {
  if (!hasPolicy(tag)) return undefined
  const { [POLICY]: policy, [FILTER]: filter, [IGNORE]: ignore, [PRERELEASE]: prerelease } = tag.annotations ?? {}
  const text = JSON.stringify([tag.from?.name, policy, filter, ignore, prerelease])
  return hash('sha256', text).toString('hex', 0, 8)
}

/** Reads annotations. */
export function readPolicy(annotations: Readonly<Record<string, string>>): Read {
  const read = <V>(key: string, parse: (text: string) => V): V | undefined => {
    const text = annotations[key]
    if (text === undefined) return undefined
    try {
      return parse(text.trim())
    } catch (error) {
      if (!(error instanceof InvalidPattern || error instanceof InvalidOrder)) throw error
      throw new Problem(`the annotation ${key} is ${shown(text)}: ${error.message}`, { cause: error })
    }
  }
  try {
    const prerelease = read(PRERELEASE, parseFlag) ?? false
    return {
      policy: {
        order: read(POLICY, (text) => parseOrder(text, { prerelease }))!,
        filter: read(FILTER, parsePattern) ?? ANY,
        ignore: read(IGNORE, parseIgnored) ?? [],
        minAge: read(MIN_AGE, parseAge) ?? 0,
      },
    }
  } catch (error) {
    if (error instanceof Problem) return { problem: error.message }
    throw error
  }
}

class Problem extends Error {
  override name = 'Problem'
}

function parseFlag(text: string): boolean {
  if (text === 'true' || text === 'false') return text === 'true'
  throw new InvalidPattern('it must be "true" or "false"')
}

function parseIgnored(text: string): Pattern[] {
  const patterns = text.split(/[\s,]/).filter((pattern) => pattern !== '')
  if (patterns.length > MAX_IGNORED) throw new InvalidPattern(`it may name ${MAX_IGNORED} patterns`)
  return patterns.map((pattern) => {
    if (pattern.includes('{')) throw new InvalidPattern('{version} belongs into the filter')
    return parsePattern(pattern)
  })
}

function parseAge(text: string): number {
  const age = parseGoDuration(text)
  if (age === 0) return 0
  if (age !== undefined && age >= LEAST_AGE && age <= MOST_AGE) return age
  throw new InvalidPattern('it must be a duration from 1m to 8760h, such as 24h')
}

const shown = (text: string): string => JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text)
