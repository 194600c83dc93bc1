// Pull specs: `[registry/][namespace/]name[:tag][@digest]`. A pull spec is parsed once, here; elsewhere it is a Reference.
import { digestProblem, isDigest } from './digest.ts'
import { NAME_LIMIT, REFERENCE } from './grammar.ts'

/** A parsed pull spec. Absent parts are ''. `name` may contain slashes; `id` is a digest. */
export interface Reference {
  readonly registry: string
  readonly namespace: string
  readonly name: string
  readonly tag: string
  readonly id: string
}

/** Why a text is no pull spec; these texts end up in field errors. */
export type ReferenceProblem =
  | 'repository name must have at least one component'
  | 'repository name must be lowercase'
  | 'repository name must not be more than 255 characters'
  | 'invalid reference format'
  | NonNullable<ReturnType<typeof digestProblem>>

/** A text that is no pull spec. */
export class InvalidReference extends Error {
  override name = 'InvalidReference'
  readonly problem: ReferenceProblem
  constructor(problem: ReferenceProblem) {
    super(problem)
    this.problem = problem
  }
}

/** Parses a pull spec; throws InvalidReference. */
export function parseReference(text: string): Reference {
  const match = REFERENCE.exec(text)
  if (!match) {
    if (text === '') throw new InvalidReference('repository name must have at least one component')
    const lower = REFERENCE.test(text.toLowerCase())
    throw new InvalidReference(lower ? 'repository name must be lowercase' : 'invalid reference format')
  }
  const [, path = '', tag = '', id = ''] = match
  if (path.length > NAME_LIMIT) throw new InvalidReference('repository name must not be more than 255 characters')
  const problem = id === '' ? undefined : digestProblem(id)
  if (problem) throw new InvalidReference(problem)
  return split(text, path, tag, id)
}

/** Like parseReference, but undefined for what is no pull spec. */
export function tryParseReference(text: string): Reference | undefined {
  try {
    return parseReference(text)
  } catch (error) {
    if (error instanceof InvalidReference) return undefined
    throw error
  }
}

function split(text: string, path: string, tag: string, id: string): Reference {
  const slash = path.indexOf('/')
  if (slash < 0) {
    // Surprising but OpenShift's rule: a lone word that looks like a host is one, whatever follows it.
    if (path.includes('.') || path.startsWith('localhost')) {
      return { registry: text, namespace: '', name: '', tag: '', id: '' }
    }
    return { registry: '', namespace: '', name: path, tag, id }
  }
  const first = path.slice(0, slash)
  const isHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const rest = isHost ? path.slice(slash + 1) : path
  const next = rest.indexOf('/')
  return {
    registry: isHost ? first : '',
    namespace: next < 0 ? '' : rest.slice(0, next),
    name: rest.slice(next + 1),
    tag,
    id,
  }
}

/** `[registry/][namespace/]name` + `@id`, or `:id` where the id is no digest, or `:tag`. Without a name: ''. */
export function exact(r: Reference): string {
  if (r.name === '') return ''
  return `${[r.registry, r.namespace, r.name].filter(Boolean).join('/')}${suffix(r)}`
}

function suffix(r: Reference): string {
  if (r.id !== '') return isDigest(r.id) ? `@${r.id}` : `:${r.id}`
  return r.tag && `:${r.tag}`
}
