import type { Image, ImageStream } from '../../core/image/types.ts'
import { listAll } from '../resource/read.ts'
import type { Session } from '../session.ts'
import { IMAGE_STREAMS, IMAGES } from '../stream/refs.ts'
import { imagesTable, type PodOfImages } from './images.ts'
import { streamsTable } from './streams.ts'

const PODS = { group: '', version: 'v1', plural: 'pods' }

/** `adm top images`; namespace '' means all. */
export async function topImages(session: Session, namespace: string): Promise<void> {
  const images = await listAll<Image>(session, { resource: IMAGES })
  const streams = await listAll<ImageStream>(session, { resource: IMAGE_STREAMS, namespace })
  const pods = await listAll<PodOfImages>(session, { resource: PODS, namespace })
  session.out(imagesTable(images, streams, pods))
}

/** `adm top imagestreams`. */
export async function topStreams(session: Session, namespace: string): Promise<void> {
  const images = await listAll<Image>(session, { resource: IMAGES })
  const streams = await listAll<ImageStream>(session, { resource: IMAGE_STREAMS, namespace })
  session.out(streamsTable(new Map(images.map((image) => [image.metadata.name ?? '', image])), streams))
}
