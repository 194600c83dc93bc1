import { randomBytes } from 'node:crypto'
import { chmod, readFile } from 'node:fs/promises'
import { writePrivate } from '../http/privateFile.ts'

/** Random bytes in a token. */
const ENTROPY = 32

/** The bearer token in the file, for clients that have no use for certificates; made when it is missing or too short. */
export async function loadToken(file: string): Promise<string> {
  const found = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return ''
    throw error
  })
  const token = found.trim()
  if (token.length >= ENTROPY) {
    await chmod(file, 0o600)
    return token
  }
  const made = randomBytes(ENTROPY).toString('base64url')
  await writePrivate(file, `${made}\n`)
  return made
}
