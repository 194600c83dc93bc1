// From a URL to a resource: the request info of the Kubernetes API.
import { badRequest } from '../core/machinery/status.ts'

/** What the path of a request names. */
export interface Route {
  group: string
  version: string
  namespace: string
  plural: string
  name: string
  subresource: string
}

/** Subresources of namespaces themselves, which look like a resource inside the namespace. */
const NAMESPACE_SUBRESOURCES = new Set(['status', 'finalize'])

/**
 * `/apis/G/V/namespaces/NS/PLURAL/NAME/SUB` taken apart; names are percent-decoded after splitting, so that a name can hold
 * anything. Undefined: not the path of a resource. Error: BadRequest for broken percent-encoding.
 */
export function parseRoute(path: string): Route | undefined {
  const parts = path.split('/')
  if (parts.pop() !== '') parts.push(path.slice(path.lastIndexOf('/') + 1))
  const [, root, ...rest] = parts.map(decodeSegment)
  let group = ''
  if (root === 'apis') group = rest.shift() ?? ''
  else if (root !== 'api') return undefined
  const version = rest.shift()
  if (!version || rest.length === 0 || (root === 'apis' && !group)) return undefined
  let namespace = ''
  if (rest[0] === 'namespaces' && rest.length > 2 && !NAMESPACE_SUBRESOURCES.has(rest[2]!)) {
    namespace = rest[1]!
    rest.splice(0, 2)
  }
  const [plural, name = '', subresource = '', ...more] = rest
  if (!plural || more.length > 0 || (rest.length > 1 && !name)) return undefined
  return { group, version, namespace, plural, name, subresource }
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw badRequest(`the path has a broken percent-encoding: ${JSON.stringify(segment.slice(0, 100))}`)
  }
}
