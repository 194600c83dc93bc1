// Files that are read together, and whether they are by now what they were.
import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { ConfigurationError } from '../../core/registries/located.ts'

/** Bytes of each file: a ConfigMap holds no more. */
const LIMIT = 1024 * 1024

/** Notes the state of each file before it is read. Links are followed each time: the volumes of Kubernetes are renewed by switching one. */
export class ReadFiles {
  readonly #states = new Map<string, string>()

  /** The text of a file. Throws ConfigurationError. */
  async text(path: string): Promise<string> {
    this.#states.set(path, await stateOf(path))
    try {
      return await textOf(path)
    } catch (error) {
      if (error instanceof ConfigurationError) throw error
      throw new ConfigurationError(`${path} cannot be read: ${(error as Error).message}`, { cause: error })
    }
  }

  /** Whether none has been written, replaced, taken away or put there since. */
  async areSame(): Promise<boolean> {
    const same = await Promise.all(Array.from(this.#states, async ([path, state]) => state === (await stateOf(path))))
    return same.every(Boolean)
  }
}

/** Opens without waiting: what somebody has put a pipe in place of is to be refused, and not waited for until somebody writes. */
async function textOf(path: string): Promise<string> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
  if (!(await file.stat()).isFile()) throw new ConfigurationError(`${path} is no regular file`)
  const buffer = Buffer.allocUnsafe(LIMIT + 1)
  let length = 0
  for (let read = -1; read !== 0 && length <= LIMIT; length += read)
    ({ bytesRead: read } = await file.read(buffer, length, buffer.length - length, null))
  if (length > LIMIT) throw new ConfigurationError(`${path} has more than ${LIMIT} bytes`)
  return buffer.toString('utf8', 0, length)
}

/** What is another after any change, though the name is the same, and the size and the time that the content bears. */
async function stateOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown'
  }
}
