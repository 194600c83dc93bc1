// What an importer is asked for.
import type { ImportRequest } from '../../src/core/image/import.ts'
import type { PullSecret } from '../../src/core/image/pullSecrets.ts'
import type { ImageImportSpec } from '../../src/core/image/types.ts'

/** An image to import. */
export const imageSpec = (name: string, importMode = 'Legacy', to?: string): ImageImportSpec => ({
  from: { kind: 'DockerImage', name },
  importPolicy: { importMode },
  referencePolicy: { type: 'Source' },
  ...(to !== undefined && { to: { name: to } }),
})

/** The same from a registry of the test, which speaks plain HTTP. */
export const insecureSpec = (name: string): ImageImportSpec => ({
  ...imageSpec(name),
  importPolicy: { importMode: 'Legacy', insecure: true },
})

export type AskedFor = Partial<Omit<ImportRequest, 'secrets'>> & { secrets?: PullSecret[] }

/** A whole request. Default: for nothing, without secrets. */
export function importRequest({ secrets = [], ...options }: AskedFor): ImportRequest {
  return {
    namespace: 'ns',
    images: [],
    preferred: () => ({}),
    secrets: () => Promise.resolve(secrets),
    bulkLimit: 50,
    now: new Date('2026-01-02T03:04:05Z'),
    signal: new AbortController().signal,
    ...options,
  }
}

/** A pull secret for a server. */
export const pullSecret = (server: string, password: string, username = 'u'): PullSecret => ({
  name: 'pull',
  type: 'kubernetes.io/dockercfg',
  data: { '.dockercfg': Buffer.from(JSON.stringify({ [server]: { username, password } })).toString('base64') },
})
