// Small real images on disk, as an OCI image layout that skopeo can copy from.
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

export interface LayoutImage {
  /** Tag inside of the layout: `oci:DIRECTORY:NAME`. */
  name: string
  /** Files of the only layer: absolute path and content. */
  files: Readonly<Record<string, string>>
  config?: { Cmd?: string[]; Env?: string[]; Labels?: Record<string, string> }
}

const PREFIX = 'application/vnd.oci.image'

/** Writes the images into `directory` and gives the digest of each manifest by name. The same images give the same digests. */
export function writeLayout(directory: string, images: readonly LayoutImage[]): Record<string, string> {
  mkdirSync(join(directory, 'blobs/sha256'), { recursive: true })
  const blob = (mediaType: string, data: Buffer) => {
    const hex = sha256(data)
    writeFileSync(join(directory, 'blobs/sha256', hex), data)
    return { mediaType, digest: `sha256:${hex}`, size: data.length }
  }
  const json = (mediaType: string, value: unknown) => blob(mediaType, Buffer.from(JSON.stringify(value)))
  const manifests = images.map((image) => {
    const layer = tar(image.files)
    const created = '2022-02-22T22:22:22Z'
    const config = json(`${PREFIX}.config.v1+json`, {
      created,
      architecture: 'amd64',
      os: 'linux',
      config: { Cmd: ['/bin/sh'], ...image.config },
      rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
      history: [{ created, created_by: `add ${Object.keys(image.files).join(' ')}` }],
    })
    const layers = [blob(`${PREFIX}.layer.v1.tar+gzip`, gzipSync(layer))]
    const mediaType = `${PREFIX}.manifest.v1+json`
    const manifest = json(mediaType, { schemaVersion: 2, mediaType, config, layers })
    return { ...manifest, annotations: { 'org.opencontainers.image.ref.name': image.name } }
  })
  writeFileSync(join(directory, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }))
  writeFileSync(join(directory, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests }))
  return Object.fromEntries(images.map((image, i) => [image.name, manifests[i]!.digest]))
}

/** A POSIX ustar archive of regular files. https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html */
function tar(files: Readonly<Record<string, string>>): Buffer {
  const parts = Object.entries(files).flatMap(([path, content]) => {
    const data = Buffer.from(content)
    const padding = Buffer.alloc((512 - (data.length % 512)) % 512)
    return [tarHeader(path.replace(/^\//, ''), data.length), data, padding]
  })
  return Buffer.concat([...parts, Buffer.alloc(1024)])
}

function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512)
  const put = (text: string, offset: number) => header.write(text, offset, 'latin1')
  const octal = (value: number, width: number) => value.toString(8).padStart(width, '0')
  put(name, 0)
  put('0000644', 100)
  put('0000000', 108)
  put('0000000', 116)
  put(octal(size, 11), 124)
  put(octal(0, 11), 136)
  put(' '.repeat(8), 148)
  put('0', 156)
  put('ustar\u000000', 257)
  const sum = header.reduce((a, b) => a + b, 0)
  put(`${octal(sum, 6)}\u0000 `, 148)
  return header
}

function sha256(data: Buffer): string {
  return createHash('sha256').update(data).digest('hex')
}
