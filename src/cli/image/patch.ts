// From a workload and images to the patch that is sent, and the object as it will be. Pure.
import { containersAt, pointerAt, valueAt, type ContainerList } from '../../core/image/podSpec.ts'
import type { PatchOperation } from '../../core/image/triggers.ts'
import type { KubeObject } from '../../core/machinery/object.ts'

/** A change, as both types of patches that say it of single containers, and the object after it. */
export interface ImageChange {
  /** As kubectl sends it. */
  strategic: object
  /** For custom resources, which take no strategic ones: it tests that every container is where it was. */
  json: PatchOperation[]
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
  const strategic: Record<string, unknown> = {}
  const json: PatchOperation[] = []
  for (const list of LISTS) {
    const places = containersAt(path, object).filter((place) => place.list === list)
    const wanted = places.flatMap((place) => {
      const next = images.get(place.name)
      return next === undefined || next === (place.image ?? '') ? [] : [{ place, name: place.name, image: next }]
    })
    if (wanted.length === 0) continue
    for (const { place, name, image } of wanted) {
      spec[list]![place.index]!.image = image
      // Some custom resources have containers without names.
      if (name) json.push({ op: 'test', path: pointerAt(path, place, 'name'), value: name })
      json.push({ op: 'add', path: pointerAt(path, place, 'image'), value: image })
    }
    strategic[`$setElementOrder/${list}`] = places.map(({ name }) => ({ name }))
    strategic[list] = wanted.map(({ name, image }) => ({ image, name }))
  }
  if (json.length === 0) return undefined
  return {
    strategic: path.split('.').reduceRight<object>((inner, key) => ({ [key]: inner }), strategic),
    json,
    changed,
  }
}
