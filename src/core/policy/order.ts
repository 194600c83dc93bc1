// Orders of tags: which of two is newer, by the words of Flux' image policies.
import { Range, SemVer } from 'semver'

/** What a tag is compared by. */
export type Rank = SemVer | string

/** An order of versions, as they stand in tags. */
export interface Order {
  /** Reads a version; undefined: none, or none that is wanted. */
  rank(version: string): Rank | undefined
  /** Above 0 when `a` is newer. Both are ranks of this order. */
  compare(a: Rank, b: Rank): number
}

/** An order that cannot be used, and why. */
export class InvalidOrder extends Error {
  override name = 'InvalidOrder'
}

/** Characters of a range, and alternatives in it. */
const MAX_RANGE = 128
const MAX_ALTERNATIVES = 4
/** Two numbers or three: a number alone is as often a date, or the beginning of a commit. */
const VERSION = /^v?(0|[1-9][0-9]{0,14})\.(0|[1-9][0-9]{0,14})(\.(?:0|[1-9][0-9]{0,14}))?(-[0-9A-Za-z.-]+)?$/
/** Characters of a version: who needs more does not mean one, and each costs in a list of a hundred thousand. */
const MAX_VERSION = 64
const DIGITS = /^[0-9]+$/

/** Reads `semver[:RANGE]`, `numerical[:asc|desc]` or `alphabetical[:asc|desc]`. Throws InvalidOrder. */
export function parseOrder(text: string, options: { prerelease: boolean }): Order {
  const colon = text.indexOf(':')
  const kind = (colon < 0 ? text : text.slice(0, colon)).trim()
  const rest = colon < 0 ? '' : text.slice(colon + 1).trim()
  switch (kind) {
    case 'semver':
      return semver(rest, options.prerelease)
    case 'numerical':
      return directed(rest, { rank: (v) => (DIGITS.test(v) ? v.replace(/^0+(?=.)/, '') : undefined), compare: numbers })
    case 'alphabetical':
      return directed(rest, { rank: (v) => v, compare: texts })
    default:
      throw new InvalidOrder('it must be semver:RANGE (such as "semver:>=1.2 <2"), numerical or alphabetical')
  }
}

function semver(text: string, includePrerelease: boolean): Order {
  if (text.length > MAX_RANGE || text.split('||').length > MAX_ALTERNATIVES)
    throw new InvalidOrder(`a range has at most ${MAX_RANGE} characters and ${MAX_ALTERNATIVES} alternatives`)
  let range: Range
  try {
    range = new Range(text || '*', { includePrerelease })
  } catch {
    throw new InvalidOrder('what follows "semver:" is no range of versions, such as "~1.4", "^1.2" or ">=1.2 <2"')
  }
  // By the rules of ranges a pre-release only fits where the range names one; most tags with a dash are none, and are told apart at once.
  const never = !includePrerelease && !text.includes('-')
  return {
    rank: (version) => {
      if (never && version.includes('-')) return undefined
      const read = parseVersion(version)
      return read && range.test(read) ? read : undefined
    },
    compare: (a, b) => (a as SemVer).compare(b),
  }
}

/** A version; a third number that is missing is 0. */
function parseVersion(text: string): SemVer | undefined {
  if (text.length > MAX_VERSION) return undefined
  const [, major, minor, patch = '.0', pre = ''] = VERSION.exec(text) ?? []
  if (major === undefined) return undefined
  try {
    return new SemVer(`${major}.${minor}${patch}${pre}`)
  } catch {
    return undefined
  }
}

function directed(direction: string, order: Order): Order {
  if (direction === '' || direction === 'asc') return order
  if (direction === 'desc') return { ...order, compare: (a, b) => order.compare(b, a) }
  throw new InvalidOrder('an order is "asc", so that the highest is the newest, or "desc"')
}

/** Digits without leading zeros, of any length. */
const numbers = (a: Rank, b: Rank): number => (a as string).length - (b as string).length || texts(a, b)

const texts = (a: Rank, b: Rank): number => Number(a > b) - Number(a < b)
