// --pull-secrets: credentials of registries for imports of any namespace, in a file as Docker's clients keep them.
import { open } from 'node:fs/promises'
import type { PullSecret } from '../../core/image/pullSecrets.ts'
import { parsePullSecret } from '../../registry/pullSecret.ts'
import { StartupError } from '../startup.ts'

/** Bytes: that many has a Secret at most. */
const LIMIT = 1024 * 1024

/** The secret that a config.json is. Rejects with StartupError, which holds nothing of its content. */
export async function readPullSecrets(path: string): Promise<PullSecret> {
  const content = await read(path)
  const secret: PullSecret = {
    name: path,
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': content.toString('base64') },
  }
  const parsed = parsePullSecret(secret)
  if (typeof parsed !== 'string') return secret
  throw new StartupError(`--pull-secrets ${path}: ${parsed.replace('key .dockerconfigjson', 'the file')}`)
}

async function read(path: string): Promise<Buffer> {
  try {
    const file = await open(path)
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(LIMIT) })
      if (bytesRead < LIMIT) return buffer.subarray(0, bytesRead)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw new StartupError(`--pull-secrets: ${(error as Error).message}`, { cause: error })
  }
  throw new StartupError(`--pull-secrets ${path}: the file has more than ${LIMIT} bytes`)
}
