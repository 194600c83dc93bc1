// Pull specs as commands read them, where the text may also name an image stream.
import { InvalidReference, parseReference, type Reference } from '../../core/oci/reference.ts'

/**
 * Parses a pull spec of which only stream names are expected to come without a slash. A lone word with a dot ("my.stream:1")
 * is taken for a stream's name here; oc takes it for a registry and can do nothing with it. Throws InvalidReference.
 */
function parseSpec(text: string): Reference {
  const reference = parseReference(text)
  if (reference.name !== '') return reference
  const [, name = '', tag = '', id = ''] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(reference.registry) ?? []
  return { registry: '', namespace: '', name, tag, id }
}

/** Like parseSpec, with the error that `describe` makes of the problem. */
export function parseSpecOr(text: string, describe: (problem: string) => Error): Reference {
  try {
    return parseSpec(text)
  } catch (error) {
    throw error instanceof InvalidReference ? describe(error.problem) : error
  }
}

/** Stream name with its digest or tag: what `from.name` of a stream kind holds. */
export function nameString({ name, tag, id }: Reference): string {
  if (id) return `${name}@${id}`
  return tag ? `${name}:${tag}` : name
}
