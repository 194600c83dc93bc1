// GnuPG with a key of its own, for tests that sign images.
import { rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execute, temporaryDirectory } from './processes.ts'

/** A key and what is done with it. */
export interface Signer {
  /** File of the public key. */
  publicKey: string
  /** The signed text, in base64. */
  sign(text: string): Promise<string>
  stop(): Promise<void>
}

/** Makes a key; undefined where there is no gpg. */
export async function startSigner(): Promise<Signer | undefined> {
  const directory = temporaryDirectory('gpg')
  const env = { ...process.env, GNUPGHOME: directory }
  const gpg = async (args: readonly string[], input = ''): Promise<void> => {
    const { code, stderr } = await execute('gpg', ['--batch', '--quiet', '--yes', ...args], { env, input })
    if (code !== 0) throw new Error(`gpg ${args.join(' ')} ended with ${code}: ${stderr}`)
  }
  const found = await execute('gpg', ['--version'], { env }).catch(() => undefined)
  if (found?.code !== 0) return undefined
  await gpg(['--passphrase', '', '--quick-gen-key', 'Tester <tester@example.com>', 'default', 'default', 'never'])
  const publicKey = join(directory, 'public.gpg')
  await gpg(['--output', publicKey, '--export'])
  return {
    publicKey,
    async sign(text) {
      const file = join(directory, 'signed')
      await gpg(['--output', file, '--sign'], text)
      return (await readFile(file)).toString('base64')
    },
    async stop() {
      // The agent that gpg has started for this directory.
      await execute('gpgconf', ['--kill', 'gpg-agent'], { env })
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What `atomic` signatures claim: that this manifest is the image of that name. */
export function claim(digest: string, reference: string): string {
  return JSON.stringify({
    critical: {
      type: 'atomic container signature',
      image: { 'docker-manifest-digest': digest },
      identity: { 'docker-reference': reference },
    },
    optional: { creator: 'millrace', timestamp: 1_500_000_000 },
  })
}
