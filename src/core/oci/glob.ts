/**
 * Whether a shell pattern fits a text whole: `*` stands for any run of characters, `?` for one; there are no brackets. Stars
 * are tried shortest first, with one point to come back to: in time proportional to the product of the lengths.
 */
export function glob(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let resume = 0
  while (t < text.length) {
    if (pattern[p] === '*') {
      star = p++
      resume = t
    } else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[t])) {
      p += 1
      t += 1
    } else if (star >= 0) {
      p = star + 1
      t = ++resume
    } else return false
  }
  while (pattern[p] === '*') p += 1
  return p === pattern.length
}
