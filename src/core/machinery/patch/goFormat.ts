/** Longer renderings are cut: the text goes into an error message. */
const MAX_LENGTH = 1000

/** JSON as Go's %v prints it, `map[a:1 b:[x y]]`: the form in which patch errors show values. */
export function formatGo(value: unknown): string {
  const text = format(value)
  return text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}...` : text
}

function format(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(format).join(' ')}]`
  if (typeof value !== 'object') return typeof value === 'string' ? value : JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `map[${members.map(([key, member]) => `${key}:${format(member)}`).join(' ')}]`
}
