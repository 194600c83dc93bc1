// Names of the virtual objects: `<stream>:<tag>`, `<stream>@<image>`, `<image>@<signature>`.
import { DEFAULT_TAG } from './lookup.ts'

/** Separates the parts of a two-part name: exactly one separator, both sides non-empty. Undefined otherwise. */
function halves(name: string, separator: string): [string, string] | undefined {
  const [first, second, ...rest] = name.split(separator)
  return first && second && rest.length === 0 ? [first, second] : undefined
}

/** `<stream>:<tag>`: what GET, PUT and DELETE of an image stream tag accept. */
export function parseTagName(name: string): { stream: string; tag: string } | undefined {
  const parts = name.includes('@') ? undefined : halves(name, ':')
  return parts && { stream: parts[0], tag: parts[1] }
}

/** What creation accepts: the first colon counts, and no tag means `latest`. Undefined without any colon. */
export function splitTagName(name: string): { stream: string; tag: string } | undefined {
  const colon = name.indexOf(':')
  if (colon < 0) return undefined
  return { stream: name.slice(0, colon), tag: name.slice(colon + 1) || DEFAULT_TAG }
}

/** `<stream>@<digest or prefix of one>`. */
export function parseImageName(name: string): { stream: string; id: string } | undefined {
  const parts = halves(name, '@')
  return parts && { stream: parts[0], id: parts[1] }
}

/** `<image>@<signature>`. */
export function parseSignatureName(name: string): { image: string; signature: string } | undefined {
  const parts = halves(name, '@')
  return parts && { image: parts[0], signature: parts[1] }
}

/** The name of a tag's virtual object. */
export function tagName(stream: string, tag: string): string {
  return `${stream}:${tag}`
}
