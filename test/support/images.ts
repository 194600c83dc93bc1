// Tiny images, the same bytes for the same options, pushed over plain HTTP. Layers are real gzipped tar archives, so that
// skopeo and container engines can copy them.
import { gzipSync } from 'node:zlib'
import { digestOf } from '../../src/core/oci/digest.ts'
import { DOCKER_LIST, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../src/core/oci/mediaType.ts'
import { tar } from './tar.ts'

export interface ImageOptions {
  /** Path to content; one layer. Default: a file that names the image. */
  files?: Record<string, string>
  /** More layers, each with one file of this content. */
  layers?: readonly string[]
  oci?: boolean
  architecture?: string
  os?: string
  variant?: string
  /** RFC 3339. */
  created?: string
  author?: string
  /** Of the container: Env, Cmd, Labels, … */
  config?: Record<string, unknown>
}

export interface Pushed {
  digest: string
  mediaType: string
  size: number
  manifest: string
  config: string
  platform: { architecture: string; os: string; variant?: string }
}

/** Pushes an image. `tag` null: by digest only. `headers` go with every request (authorization). */
export async function pushImage(
  host: string,
  repository: string,
  tag: string | null,
  options: ImageOptions = {},
  headers: Record<string, string> = {},
): Promise<Pushed> {
  const push = pusher(host, repository, headers)
  const files = [options.files ?? { 'root/name': `${repository}:${tag ?? ''}` }]
  for (const [i, content] of (options.layers ?? []).entries()) files.push({ [`layer/${i}`]: content })
  const archives = files.map(tar)
  const flavour = options.oci ? OCI : DOCKER
  const layers = await Promise.all(archives.map((archive) => push.blob(gzipSync(archive), flavour.layer)))
  const platform = {
    architecture: options.architecture ?? 'amd64',
    os: options.os ?? 'linux',
    ...(options.variant && { variant: options.variant }),
  }
  const created = options.created ?? '2020-01-02T03:04:05Z'
  const config = JSON.stringify({
    ...platform,
    created,
    ...(options.author && { author: options.author }),
    config: { Env: ['PATH=/bin'], Cmd: ['/run'], ...options.config },
    rootfs: { type: 'layers', diff_ids: archives.map((archive) => digestOf(archive)) },
    history: archives.map(() => ({ created, created_by: 'test' })),
  })
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: flavour.manifest,
    config: await push.blob(Buffer.from(config), flavour.config),
    layers,
  })
  const digest = await push.manifest(tag, manifest, flavour.manifest)
  return { digest, mediaType: flavour.manifest, size: manifest.length, manifest, config, platform }
}

/** Pushes a manifest list (or OCI index) of images that the repository already has. */
export async function pushIndex(
  host: string,
  repository: string,
  tag: string | null,
  images: readonly Pushed[],
  options: { oci?: boolean } = {},
): Promise<{ digest: string; mediaType: string; manifest: string }> {
  const mediaType = options.oci ? OCI_INDEX : DOCKER_LIST
  const manifests = images.map(({ digest, mediaType, size, platform }) => ({ mediaType, digest, size, platform }))
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, manifests })
  return { digest: await pusher(host, repository, {}).manifest(tag, manifest, mediaType), mediaType, manifest }
}

const DOCKER = {
  manifest: DOCKER_MANIFEST,
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
}
const OCI = {
  manifest: OCI_MANIFEST,
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
}

function pusher(host: string, repository: string, headers: Record<string, string>) {
  const base = `http://${host}/v2/${repository}`
  const send = async (
    method: string,
    url: string | URL,
    status: number,
    body?: string | Buffer<ArrayBuffer>,
    type?: string,
  ) => {
    const all = { ...headers, ...(type && { 'content-type': type }) }
    const response = await fetch(url, { method, headers: all, ...(body !== undefined && { body }) })
    const text = await response.text()
    if (response.status !== status) throw new Error(`${method} ${String(url)}: ${response.status} ${text}`)
    return response.headers
  }
  return {
    async blob(data: Buffer<ArrayBuffer>, mediaType: string) {
      const digest = digestOf(data)
      const upload = await send('POST', `${base}/blobs/uploads/`, 202)
      const url = new URL(upload.get('location') ?? '', base)
      url.searchParams.set('digest', digest)
      await send('PUT', url, 201, data, 'application/octet-stream')
      return { mediaType, digest, size: data.length }
    },
    async manifest(tag: string | null, manifest: string, mediaType: string) {
      const digest = digestOf(Buffer.from(manifest))
      await send('PUT', `${base}/manifests/${tag ?? digest}`, 201, manifest, mediaType)
      return digest
    },
  }
}
