// URLs of the Kubernetes API, spelled as Go's clients spell them.
import type { Named, Target } from '../core/machinery/client.ts'
import { badRequest } from '../core/machinery/status.ts'

// What Go's url.EscapedPath leaves alone and encodeURIComponent does not: names of image stream tags carry ':' and '@'.
const KEPT = /%(?:24|26|2B|2C|3A|3B|3D|40)/g

/** Escapes one path segment; ':' and '@' stay readable. */
export function escapeSegment(segment: string): string {
  return encodeURIComponent(segment).replaceAll(KEPT, (code) => decodeURIComponent(code))
}

/** Path of a resource, object or subresource. Throws 400 for names that no path can hold. */
export function pathOf(target: Target | Named): string {
  const { group, version, plural } = target.resource
  const parts = group === '' ? ['api', version] : ['apis', group, version]
  if (target.namespace !== undefined && target.namespace !== '') parts.push('namespaces', checked(target.namespace))
  parts.push(plural)
  if ('name' in target) {
    parts.push(checked(target.name))
    if (target.subresource) parts.push(target.subresource)
  }
  return `/${parts.map(escapeSegment).join('/')}`
}

function checked(name: string): string {
  if (name === '') throw badRequest('resource name may not be empty')
  if (name === '.' || name === '..')
    throw badRequest(`invalid resource name ${JSON.stringify(name)}: may not be '${name}'`)
  const bad = /[/%]/.exec(name)
  if (bad) throw badRequest(`invalid resource name ${JSON.stringify(name)}: may not contain '${bad[0]}'`)
  return name
}

/** Query string with its '?', without undefined, false and empty values; '' when nothing is left. */
export function queryOf(values: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== false && value !== '') query.set(key, String(value))
  }
  const text = query.toString()
  return text && `?${text}`
}
