import type { Reference } from './reference.ts'

/** Everything that a reference says, so that parsing it again gives the same. (`exact` drops the tag beside a digest.) */
export function formatReference({ registry, namespace, name, tag, id }: Reference): string {
  if (name === '') return registry
  return `${[registry, namespace, name].filter(Boolean).join('/')}${tag && `:${tag}`}${id && `@${id}`}`
}
