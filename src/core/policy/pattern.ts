// Patterns of tags: `*` stands for any run of characters, `{version}` for what tags are compared by. No regular expressions: users
// write these, registries write the tags, and together they must not stop the server.

/** Characters of a pattern; a tag has 128 at most. */
const MAX_LENGTH = 160
const VERSION = '{version}'
const CHARACTERS = /^[A-Za-z0-9_.*-]*$/
/** Places where a version may begin, or end, that are tried: all of a tag, which has 128 characters at most. */
const TRIES = 128

/** A part of a pattern: the texts between its stars. */
type Parts = readonly [string, ...string[]]

/** What tags have to look like. */
export interface Pattern {
  /** Whether a tag fits. */
  fits(tag: string): boolean
  /**
   * What stands in the place of `{version}`: all of a tag that fits, where the pattern has no such place. Beside a star it is the first,
   * and then the shortest, of which `isVersion` holds. undefined: the tag does not fit.
   */
  version(tag: string, isVersion: (text: string) => boolean): string | undefined
}

/** A pattern that cannot be used, and why. */
export class InvalidPattern extends Error {
  override name = 'InvalidPattern'
}

/** Reads a pattern. Matching takes a time in proportion to its length and the tag's. Throws InvalidPattern. */
export function parsePattern(text: string): Pattern {
  if (text.length === 0 || text.length > MAX_LENGTH)
    throw new InvalidPattern(`it must have 1 to ${MAX_LENGTH} characters`)
  const [head = '', tail, ...more] = text.split(VERSION)
  if (more.length > 0) throw new InvalidPattern(`it may have ${VERSION} once`)
  if (!CHARACTERS.test(head) || !CHARACTERS.test(tail ?? ''))
    throw new InvalidPattern(
      `it may hold letters, digits, ".", "_" and "-", "*" for any characters, and ${VERSION} once: it is no regular expression`,
    )
  const before = partsOf(head)
  if (tail === undefined) {
    const fits = (tag: string): boolean => fit(before, tag)
    return { fits, version: (tag, isVersion) => (fits(tag) && isVersion(tag) ? tag : undefined) }
  }
  const after = partsOf(tail)
  if (before.length > 1 && after.length > 1)
    throw new InvalidPattern(`it may have "*" before ${VERSION} or after it, not both`)
  if (tail.startsWith('*'))
    throw new InvalidPattern(`between ${VERSION} and "*" something must show where the one ends`)
  return {
    fits: (tag) => find(before, after, tag, () => true) !== undefined,
    version: (tag, isVersion) => find(before, after, tag, isVersion),
  }
}

const partsOf = (text: string): Parts => {
  const [first = '', ...rest] = text.replace(/\*+/g, '*').split('*')
  return [first, ...rest]
}

/** Whether a text fits as a whole. Each part is looked for from where the one before it ends: no place is looked at twice. */
function fit([first, ...rest]: Parts, text: string): boolean {
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}

function find(before: Parts, after: Parts, tag: string, isVersion: (text: string) => boolean): string | undefined {
  const [first] = before
  const last = after.at(-1)!
  if (!tag.startsWith(first) || !tag.endsWith(last)) return undefined
  const accepted = (start: number, end: number): string | undefined => {
    const text = start < end ? tag.slice(start, end) : ''
    return text !== '' && isVersion(text) ? text : undefined
  }
  if (after.length === 1) {
    const end = tag.length - last.length
    for (const start of before.length === 1 ? [first.length] : starts(before, tag)) {
      const found = accepted(start, end)
      if (found !== undefined) return found
    }
    return undefined
  }
  for (const end of ends(after, tag, first.length)) {
    const found = accepted(first.length, end)
    if (found !== undefined) return found
  }
  return undefined
}

/** Where what follows the parts may begin: after each place of the last one that leaves room for the others. */
function starts([first, ...rest]: Parts, tag: string): number[] {
  const last = rest.pop() ?? ''
  let at = first.length
  for (const part of rest) {
    const found = tag.indexOf(part, at)
    if (found < 0) return []
    at = found + part.length
  }
  return places(last, tag, at).map((place) => place + last.length)
}

/** Where what stands before the parts may end: at each place of the first one after which the others follow. */
function ends(parts: Parts, tag: string, from: number): number[] {
  return places(parts[0], tag, from + 1).filter((place) => fit(parts, tag.slice(place)))
}

function places(part: string, tag: string, from: number): number[] {
  const found: number[] = []
  for (let at = tag.indexOf(part, from); at >= 0 && found.length < TRIES; at = tag.indexOf(part, at + 1)) {
    found.push(at)
    if (at >= tag.length) break
  }
  return found
}
