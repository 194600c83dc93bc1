// From a workload and images to the patch that is sent, and the object as it will be. Pure.
import { containersAt, type ContainerList, valueAt } from '../../core/image/podSpec.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

/** A strategic merge patch, and the object after it. */
export interface ImageChange {
  patch: object
  changed: KubeObject
}

const LISTS: readonly ContainerList[] = ['initContainers', 'containers']

/** Where the pod spec of an object is; undefined when it has none. */
export function podSpecPath(object: KubeObject): string | undefined {
  if (object.kind === 'Pod' && object.apiVersion === 'v1') return 'spec'
  return ['spec.template.spec', 'spec.jobTemplate.spec.template.spec'].find(
    (path) => valueAt(path, object) !== undefined,
  )
}

/** Names of the containers at a path that `name` means. */
export function containersNamed(object: KubeObject, path: string, name: string): string[] {
  return containersAt(path, object).flatMap((container) =>
    name === '*' || name === container.name ? container.name : [],
  )
}

/** Gives containers their images; undefined when they have them. */
export function changeImages(
  object: KubeObject,
  path: string,
  images: ReadonlyMap<string, string>,
): ImageChange | undefined {
  const changed = structuredClone(object)
  const spec = valueAt(path, changed) as Partial<Record<ContainerList, { name: string; image?: string }[]>>
  const patch: Record<string, unknown> = {}
  for (const list of LISTS) {
    const places = containersAt(path, object).filter((place) => place.list === list)
    const wanted = places.flatMap(({ name, image, index }) => {
      const next = images.get(name)
      return next === undefined || next === (image ?? '') ? [] : [{ name, image: next, index }]
    })
    if (wanted.length === 0) continue
    for (const { image, index } of wanted) spec[list]![index]!.image = image
    patch[`$setElementOrder/${list}`] = places.map(({ name }) => ({ name }))
    patch[list] = wanted.map(({ name, image }) => ({ image, name }))
  }
  if (Object.keys(patch).length === 0) return undefined
  return { patch: path.split('.').reduceRight<object>((inner, key) => ({ [key]: inner }), patch), changed }
}
