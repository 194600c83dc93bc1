// `adm top imagestreams`: one line for each stream. Pure.
import type { Image, ImageStream } from '../../core/image/types.ts'
import { binarySize } from '../print/size.ts'
import { Blobs } from './blobs.ts'
import { topTable } from './table.ts'

/** The table of streams, the largest first. Only the newest image of each tag counts, and only where it is known. */
export function streamsTable(images: ReadonlyMap<string, Image>, streams: readonly ImageStream[]): string {
  const rows = streams.map(({ metadata, status }) => {
    const names = new Set((status.tags ?? []).map(({ items }) => items?.[0]?.image ?? ''))
    const present = [...names].flatMap((name) => images.get(name) ?? [])
    const blobs = new Blobs()
    for (const image of present) blobs.add(image)
    const layers = present.reduce((sum, image) => sum + (image.dockerImageLayers ?? []).length, 0)
    const cells = [`${metadata.namespace}/${metadata.name}`, binarySize(blobs.size), present.length, layers]
    return { size: blobs.size, images: present.length, cells }
  })
  rows.sort((a, b) => b.size - a.size || b.images - a.images)
  const sorted = rows.map(({ cells }) => cells)
  return topTable(['NAME', 'STORAGE', 'IMAGES', 'LAYERS'], sorted)
}
