/** Code units from U+D800 on: only there does the order of UTF-16 differ from the order of bytes. */
const BEYOND = /[\ud800-\uffff]/

/** Orders keys by their UTF-8 bytes. Negative: `a` comes first. */
export function compareKeys(a: string, b: string): number {
  if (a === b) return 0
  if (BEYOND.test(a) && BEYOND.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b))
  return a < b ? -1 : 1
}
