import type { TagReference } from '../../core/image/types.ts'

/** Where a tag comes from, in oc's words. `namespace` is the stream's own. */
export function sourceLine(spec: TagReference | undefined, namespace: string): string {
  if (!spec) return 'no spec tag'
  const { from, reference } = spec
  if (!from) return 'tag without source image'
  const scheduled = spec.importPolicy?.scheduled ?? false
  const foreign = from.namespace && from.namespace !== namespace
  const name = foreign ? `${from.namespace}/${from.name}` : (from.name ?? '')
  switch (from.kind) {
    case 'ImageStreamTag':
      if (reference) return `reference to ${name}`
      return scheduled ? `updates automatically from ${name}` : `tagged from ${name}`
    case 'DockerImage':
      if (reference) return `reference to registry ${name}`
      return scheduled ? `updates automatically from registry ${name}` : `tagged from ${name}`
    case 'ImageStreamImage':
      return reference ? `reference to image ${name}` : `tagged from ${name}`
    default:
      return reference ? `reference to ${from.kind} ${name}` : `updates from ${from.kind} ${name}`
  }
}
