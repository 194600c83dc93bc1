// The order in which tags of a repository matter: what is imported first, and what is shown first.
// Precedence of versions: https://semver.org/#spec-item-11

const NUMBER = '(?:0|[1-9][0-9]*)'
const WORD = `(?:${NUMBER}|[0-9]*[A-Za-z-][0-9A-Za-z-]*)`
/** Like `1.2` or `v1.2-rc1`. */
const MINOR = new RegExp(`^v?(${NUMBER})\\.(${NUMBER})(?:-(${WORD}))?$`)
const FULL = new RegExp(
  `^v?(${NUMBER})\\.(${NUMBER})\\.(${NUMBER})(?:-(${WORD}(?:\\.${WORD})*))?(?:\\+[0-9A-Za-z-]+(?:\\.[0-9A-Za-z-]+)*)?$`,
)

interface Version {
  tag: string
  numbers: readonly string[]
  pre: readonly string[]
}

/**
 * Sorts tags, each once: `latest`; versions of two numbers; versions of three; everything else by the alphabet. Versions
 * descend; of equal ones, the one without `v` comes first.
 */
export function orderTags(tags: Iterable<string>): string[] {
  const sorted = [...new Set(tags)].sort()
  const latest: string[] = []
  const minors: Version[] = []
  const fulls: Version[] = []
  const others: string[] = []
  for (const tag of sorted) {
    const minor = parse(tag, MINOR, 2)
    const full = minor ? undefined : parse(tag, FULL, 3)
    if (tag === 'latest') latest.push(tag)
    else if (minor) minors.push(minor)
    else if (full) fulls.push(full)
    else others.push(tag)
  }
  const descending = (versions: Version[]) => versions.sort((a, b) => compare(b, a)).map((v) => v.tag)
  return [...latest, ...descending(minors), ...descending(fulls), ...others]
}

function parse(tag: string, pattern: RegExp, count: number): Version | undefined {
  const match = pattern.exec(tag)
  if (!match) return undefined
  const pre = match[count + 1]
  return { tag, numbers: match.slice(1, count + 1), pre: pre === undefined ? [] : pre.split('.') }
}

/** Precedence; the sort is stable, so that what is equal stays in the order of the alphabet. */
function compare(a: Version, b: Version): number {
  for (const [i, number] of a.numbers.entries()) {
    const order = compareNumbers(number, b.numbers[i]!)
    if (order !== 0) return order
  }
  if (a.pre.length === 0 || b.pre.length === 0) return b.pre.length - a.pre.length
  for (const [i, word] of a.pre.entries()) {
    const other = b.pre[i]
    if (other === undefined) return 1
    const order = compareWords(word, other)
    if (order !== 0) return order
  }
  return a.pre.length - b.pre.length
}

/** Digits without leading zeros, of any length: a build time may exceed what a number holds. */
function compareNumbers(a: string, b: string): number {
  return a.length - b.length || Number(a > b) - Number(a < b)
}

function compareWords(a: string, b: string): number {
  const numeric = [a, b].map((word) => /^[0-9]+$/.test(word))
  if (numeric[0] && numeric[1]) return compareNumbers(a, b)
  if (numeric[0] || numeric[1]) return numeric[0] ? -1 : 1
  return Number(a > b) - Number(a < b)
}
