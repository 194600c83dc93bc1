// Which image another was made from, told by their layers.
import type { Image } from '../../core/image/types.ts'

/** Layers without content, empty and compressed: nearly every old image has them, so they tell nothing. */
const EMPTY_LAYERS: readonly string[] = [
  'sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  'sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4',
]

/** By image, the images whose uppermost layer lies further down in it. */
export function parentsOf(images: readonly Image[]): Map<string, string[]> {
  const containing = new Map<string, Set<string>>()
  const tops: [image: string, layer: string][] = []
  for (const image of images) {
    const name = image.metadata.name ?? ''
    const layers = (image.dockerImageLayers ?? []).map((layer) => layer.name)
    const top = layers.findLastIndex((layer) => !EMPTY_LAYERS.includes(layer))
    if (top >= 0) tops.push([name, layers[top]!])
    for (const [i, layer] of layers.entries()) {
      if (i === top) continue
      const names = containing.get(layer) ?? new Set()
      containing.set(layer, names.add(name))
    }
  }
  const parents = new Map<string, string[]>()
  for (const [parent, layer] of tops) {
    for (const child of containing.get(layer) ?? []) {
      if (child !== parent) parents.set(child, [...(parents.get(child) ?? []), parent])
    }
  }
  return parents
}
