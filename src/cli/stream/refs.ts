import type { ResourceRef } from '../../core/machinery/object.ts'

const image = (plural: string): ResourceRef => ({ group: 'image.openshift.io', version: 'v1', plural })

/** The resources of the image API that commands speak to. */
export const IMAGE_STREAMS = image('imagestreams')
export const IMAGE_STREAM_TAGS = image('imagestreamtags')
export const IMAGE_STREAM_IMAGES = image('imagestreamimages')
export const IMAGE_STREAM_IMPORTS = image('imagestreamimports')
export const IMAGES = image('images')

/** Their apiVersion. */
export const IMAGE_API = 'image.openshift.io/v1'
