// Carrying out what pruning decides: every step is told, a dry run only tells.
import type { Image, ImageStream } from '../../core/image/types.ts'
import { isReason } from '../../core/machinery/status.ts'
import type { Session } from '../session.ts'
import { onConflict } from '../stream/conflict.ts'
import { IMAGE_STREAMS, IMAGES } from '../stream/refs.ts'

/** Makes a stream shorter, and says by how many entries. */
export type Shorten = (stream: ImageStream) => { stream: ImageStream; dropped: number }

/** The removals of one run. */
export class Removal {
  readonly #session: Session
  readonly #confirm: boolean
  #images = 0
  #entries = 0
  #streams = 0
  /** What failed; the rest goes on. */
  readonly failures: string[] = []

  constructor(session: Session, confirm: boolean) {
    this.#session = session
    this.#confirm = confirm
  }

  /** Shortens the histories of a stream and gives it as it is then, or as it was when that failed. */
  async shorten(stream: ImageStream, shorten: Shorten): Promise<ImageStream> {
    const { namespace = '', name = '' } = stream.metadata
    const told = ({ dropped }: { dropped: number }): void => {
      if (dropped > 0) this.#session.out(`Deleting ${dropped} items from image stream ${namespace}/${name}\n`)
    }
    try {
      const result = this.#confirm ? await this.#write(stream, shorten, told) : shorten(stream)
      if (!this.#confirm) told(result)
      if (result.dropped > 0) this.#streams++
      this.#entries += result.dropped
      return result.stream
    } catch (error) {
      if (isReason(error, 'NotFound')) return stream
      const why = reasonOf(error)
      this.#session.err(`error updating image stream ${namespace}/${name} to remove image references: ${why}\n`)
      this.failures.push(`imagestream ${namespace}/${name}: ${why}`)
      return stream
    }
  }

  /** Decides on the stream as it is now, again when somebody else was faster. */
  #write({ metadata }: ImageStream, shorten: Shorten, told: (result: { dropped: number }) => void) {
    const { client } = this.#session
    const target = { resource: IMAGE_STREAMS, namespace: metadata.namespace, name: metadata.name ?? '' }
    return onConflict(async () => {
      const result = shorten(await client.get<ImageStream>(target))
      told(result)
      if (result.dropped > 0) await client.update<ImageStream>({ ...target, subresource: 'status' }, result.stream)
      return result
    })
  }

  async remove(image: Image): Promise<void> {
    const name = image.metadata.name ?? ''
    this.#session.out(`Deleting image ${name}\n`)
    try {
      if (this.#confirm) await this.#session.client.delete({ resource: IMAGES, name }, { gracePeriodSeconds: 0 })
      this.#images++
    } catch (error) {
      if (isReason(error, 'NotFound')) return
      const why = reasonOf(error)
      this.#session.err(`error deleting image ${name} from server: ${why}\n`)
      this.failures.push(`image ${name}: failed to delete image ${name}: ${why}`)
    }
  }

  /** What was removed, in one sentence. */
  summary(): string {
    const parts = [
      this.#images && `deleted ${this.#images} image object(s)`,
      this.#entries && `deleted ${this.#entries} image stream tag item(s)`,
      this.#streams && `updated ${this.#streams} image stream(s)`,
    ]
    return parts.filter(Boolean).join(', ') || 'deleted 0 objects'
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
