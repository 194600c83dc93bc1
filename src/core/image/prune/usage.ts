// What workloads use: sets of names that keep images and entries of histories.
import type { KubeObject } from '../../machinery/object.ts'
import { InvalidReference as Malformed, parseReference } from '../../oci/reference.ts'
import { parseImageName, parseTagName } from '../names.ts'
import { podSpecUses, strategyUses, type ImageUse } from './references.ts'

/** What is used. The host of a pull spec does not count: nobody knows all the names of a registry. */
export interface ImageUsage {
  /** "namespace/stream:tag". */
  tags: Set<string>
  /** "namespace/stream@digest". */
  images: Set<string>
  /** Digests of every pull spec that has one, wherever it points. */
  digests: Set<string>
}

/** Objects of one resource, and where their references are: the path of a pod spec, or a build strategy. */
export interface Referrer {
  /** In the singular, such as "deployment". */
  resource: string
  at: { podSpec: string } | 'strategy'
  objects: readonly KubeObject[]
}

/** A reference that cannot be read. */
export interface InvalidReference {
  /** "pod/x namespace=y: container main: invalid image reference "X": why". */
  message: string
}

/** Collects what the objects use. `youngerThan`: finished pods that began before do not count. */
export function collectUsage(
  referrers: readonly Referrer[],
  youngerThan: number,
): { usage: ImageUsage; invalid: InvalidReference[] } {
  const usage: ImageUsage = { tags: new Set(), images: new Set(), digests: new Set() }
  const invalid: InvalidReference[] = []
  for (const { resource, at, objects } of referrers) {
    for (const object of objects) {
      if (resource === 'pod' && isOver(object, youngerThan)) continue
      const { namespace = '', name = '' } = object.metadata
      for (const use of at === 'strategy' ? strategyUses(object) : podSpecUses(at.podSpec, object)) {
        const why = add(usage, use, namespace)
        if (why === undefined) continue
        const what = use.kind === 'DockerImage' ? 'image' : use.kind
        const where = use.where && `: ${use.where}`
        invalid.push({
          message: `${resource}/${name} namespace=${namespace}${where}: invalid ${what} reference ${JSON.stringify(use.name)}: ${why}`,
        })
      }
    }
  }
  return { usage, invalid }
}

/** Whether an image is used as one of the stream, or by its digest alone. */
export function isUsedImage(usage: ImageUsage, namespace: string, stream: string, digest: string): boolean {
  return usage.digests.has(digest) || usage.images.has(`${namespace}/${stream}@${digest}`)
}

/** Neither running nor pending, and not of late. */
function isOver(pod: KubeObject, youngerThan: number): boolean {
  const { status, metadata } = pod as KubeObject & { status?: { phase?: string } }
  if (status?.phase === 'Running' || status?.phase === 'Pending') return false
  return Date.parse(metadata.creationTimestamp ?? '') < youngerThan
}

/** Adds a use; gives the reason when it cannot be read. */
function add(usage: ImageUsage, { kind, name, namespace }: ImageUse, own: string): string | undefined {
  if (kind === 'DockerImage') return addPullSpec(usage, name)
  const of = namespace || own
  if (kind === 'ImageStreamTag') {
    const tag = parseTagName(name)
    if (!tag) return 'must be of the form <stream_name>:<tag>'
    usage.tags.add(`${of}/${tag.stream}:${tag.tag}`)
    return undefined
  }
  const image = parseImageName(name)
  if (!image) return 'must be of the form <stream_name>@<digest>'
  usage.images.add(`${of}/${image.stream}@${image.id}`)
  return undefined
}

function addPullSpec(usage: ImageUsage, spec: string): string | undefined {
  try {
    const { registry, namespace, name, tag, id } = parseReference(spec)
    if (id) usage.digests.add(id)
    if (!registry || !namespace || name.includes('/')) return undefined
    if (id) usage.images.add(`${namespace}/${name}@${id}`)
    else usage.tags.add(`${namespace}/${name}:${tag || 'latest'}`)
    return undefined
  } catch (error) {
    if (error instanceof Malformed) return error.problem
    throw error
  }
}
