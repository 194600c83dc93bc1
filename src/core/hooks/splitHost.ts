// Where the host of a name ends.

/** Host and path of `host/path`; as everywhere with images, a host has a dot, a port, or is called localhost. */
export function splitHost(name: string): { host: string | undefined; repository: string } {
  const slash = name.indexOf('/')
  const first = name.slice(0, Math.max(0, slash))
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost'
  return isHost ? { host: first, repository: name.slice(slash + 1) } : { host: undefined, repository: name }
}

/** The same of `host/path:tag` or `host/path@digest`, with what stands behind the name. */
export function splitReference(text: string): {
  host: string | undefined
  repository: string
  tag?: string
  digest?: string
} {
  const mark = text.indexOf('@')
  if (mark >= 0) return { ...splitHost(text.slice(0, mark)), digest: text.slice(mark + 1) }
  const colon = text.lastIndexOf(':')
  if (colon < 0 || text.includes('/', colon)) return splitHost(text)
  return { ...splitHost(text.slice(0, colon)), tag: text.slice(colon + 1) }
}
