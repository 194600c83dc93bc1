// Suggestions: which word was probably meant.

/** Longest word that is compared, in characters: the comparison is quadratic. */
const LIMIT = 64
/** Candidates that are looked at: among more, nobody can be told what was meant. */
const CANDIDATES = 100

/** The candidate nearest to the word, if it is near enough to be a slip: a third of its letters at most, and never all. */
export function closest(word: string, candidates: readonly string[]): string | undefined {
  if (word.length > LIMIT) return undefined
  let best: string | undefined
  let least = Infinity
  for (const candidate of candidates.slice(0, CANDIDATES)) {
    if (candidate.length > LIMIT) continue
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase())
    const allowed = Math.min(Math.max(1, Math.floor(candidate.length / 3)), candidate.length - 1)
    if (distance < least && distance <= allowed) {
      best = candidate
      least = distance
    }
  }
  return best
}

/**
 * How many letters have to be put in, left out, replaced or swapped with their neighbour to make one word of the other.
 * https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance#Optimal_string_alignment_distance
 */
export function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    const above = rows[i - 1]!
    for (let j = 1; j <= b.length; j++) {
      const replaced = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? rows[i - 2]![j - 2]! + 1 : Infinity
      row.push(Math.min(above[j]! + 1, row[j - 1]! + 1, replaced, swapped))
    }
    rows.push(row)
  }
  return rows[a.length]![b.length]!
}
