// `adm top images`: one line for each image. Pure.
import { orderTags } from '../../core/image/tagOrder.ts'
import type { Image, ImageStream } from '../../core/image/types.ts'
import type { KubeObject } from '../../core/machinery/object.ts'
import { tryParseReference } from '../../core/oci/reference.ts'
import { binarySize } from '../print/size.ts'
import { Blobs } from './blobs.ts'
import { parentsOf } from './parents.ts'
import { topTable } from './table.ts'

/** What the table needs of a Pod. */
export interface PodOfImages extends KubeObject {
  spec?: { containers?: { image?: string }[] }
  status?: { phase?: string }
}

const COLUMNS = ['NAME', 'IMAGESTREAMTAG', 'PARENTS', 'USAGE', 'METADATA', 'STORAGE']

/** Names of parents are cut to this many characters, dots included. */
const PARENT_WIDTH = 20

/** The table of images: those with the most streams first, then the largest. */
export function imagesTable(
  images: readonly Image[],
  streams: readonly ImageStream[],
  pods: readonly PodOfImages[],
): string {
  const tags = group(streams.flatMap(tagsOf))
  const usage = group(pods.flatMap(usageOf))
  const parents = parentsOf(images)
  const rows = images.map((image) => {
    const name = image.metadata.name ?? ''
    const blobs = new Blobs()
    blobs.add(image)
    const described = Boolean(image.dockerImageManifest) && (image.dockerImageLayers ?? []).length > 0
    const streamTags = tags.get(name) ?? []
    const cells = [
      name,
      joined(streamTags),
      joined((parents.get(name) ?? []).map(short)),
      joined(usage.get(name) ?? []),
      described ? 'yes' : 'no',
      binarySize(blobs.size),
    ]
    return { streams: streamTags.length, size: blobs.size, cells }
  })
  rows.sort((a, b) => b.streams - a.streams || b.size - a.size)
  const sorted = rows.map(({ cells }) => cells)
  return topTable(COLUMNS, sorted)
}

type Pair = readonly [image: string, text: string]

/** One entry for each image that is the newest of tags of the stream. */
function tagsOf({ metadata, status }: ImageStream): Pair[] {
  const newest = (status.tags ?? []).flatMap(({ tag, items }): Pair[] => (items?.[0] ? [[items[0].image, tag]] : []))
  return [...group(newest)].map(([image, tags]): Pair => {
    return [image, `${metadata.namespace}/${metadata.name} (${orderTags(tags).join(',')})`]
  })
}

/** Annotations that tell what made a pod, with the words for it. */
const MAKERS = {
  'openshift.io/build.name': 'Build',
  'openshift.io/deployment.name': 'Deployment',
  'openshift.io/deployer-pod.name': 'Deployer',
} as const

/** One entry for each image that a running or pending pod names by digest. */
function usageOf({ metadata, spec, status }: PodOfImages): Pair[] {
  if (status?.phase !== 'Running' && status?.phase !== 'Pending') return []
  const digests = new Set((spec?.containers ?? []).map(({ image = '' }) => tryParseReference(image)?.id ?? ''))
  digests.delete('')
  const [annotation, word] = Object.entries(MAKERS).find(([name]) => metadata.annotations?.[name] !== undefined) ?? []
  const user = annotation ? `${word}: ${metadata.namespace}/${metadata.annotations?.[annotation]}` : '<unknown>'
  return [...digests].map((digest) => [digest, user])
}

function group(pairs: readonly Pair[]): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const [key, text] of pairs) {
    const group = groups.get(key)
    if (group) group.push(text)
    else groups.set(key, [text])
  }
  return groups
}

const joined = (texts: readonly string[]): string => (texts.length === 0 ? '<none>' : texts.join(', '))

const short = (name: string): string => (name.length > PARENT_WIDTH ? `${name.slice(0, PARENT_WIDTH - 3)}...` : name)
