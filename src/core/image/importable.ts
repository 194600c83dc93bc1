import type { TagReference } from './types.ts'

/** The tag names an image of a registry and is more than a pointer. */
export function isImportable(tag: TagReference): boolean {
  return tag.from?.kind === 'DockerImage' && tag.reference !== true
}
