// What images take: every blob counts once.
import type { Image } from '../../core/image/types.ts'

/** Adds up blobs of images. */
export class Blobs {
  readonly #seen = new Set<string>()
  /** Bytes so far. */
  size = 0

  add(image: Image): void {
    for (const { name, size } of image.dockerImageLayers ?? []) this.#count(name, size)
    // The configuration counts where it is stored with the image.
    const config = image.dockerImageConfig ?? ''
    if (config && image.dockerImageMetadata) this.#count(image.dockerImageMetadata.Id, Buffer.byteLength(config))
  }

  #count(name: string, size: number): void {
    if (this.#seen.has(name)) return
    this.#seen.add(name)
    this.size += size
  }
}
