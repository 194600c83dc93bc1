/** kind, apiVersion and metadata lead in whatever has metadata; everything else keeps the order of its declaration. */
export function fieldOrder(names: readonly string[]): string[] {
  if (!names.includes('metadata')) return [...names]
  const first = ['kind', 'apiVersion', 'metadata'].filter((name) => names.includes(name))
  return [...first, ...names.filter((name) => !first.includes(name))]
}
