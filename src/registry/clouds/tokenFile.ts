// Files that the platform puts into the container, and renews: tokens and configurations.
import { open } from 'node:fs/promises'
import { HelperError } from './ask.ts'

/** Bytes. */
const LIMIT = 64 * 1024

/** Its text without surrounding space. `variable`: of the environment, that names it. Rejects with HelperError. */
export async function readTokenFile(path: string, variable: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { bytesRead, buffer } = await file.read({ buffer: Buffer.alloc(LIMIT) })
      const text = buffer.toString('utf8', 0, bytesRead).trim()
      if (text !== '' && bytesRead < LIMIT) return text
    } finally {
      await file.close()
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown'
    throw new HelperError(`the file that ${variable} names cannot be read (${code})`)
  }
  throw new HelperError(`the file that ${variable} names is empty or larger than ${LIMIT} bytes`)
}
