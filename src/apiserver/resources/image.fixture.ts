// An API server with image streams, in memory, for tests of these resources.
import { silent } from '../../core/machinery/log.ts'
import type { ObjectClient, Target } from '../../core/machinery/client.ts'
import type { AccessQuestion, User } from '../../core/machinery/resource.ts'
import type { Importer, ImportRequest, ImportResult } from '../../core/image/import.ts'
import type { PullSecret } from '../../core/image/pullSecrets.ts'
import type { LimitRange } from '../../core/image/limits.ts'
import type { ImageImportStatus, ImageStream } from '../../core/image/types.ts'
import { ApiError } from '../../core/machinery/status.ts'
import { openMemory } from '../../store/memory.ts'
import { keyOf, type Store } from '../../store/store.ts'
import type { Handler } from '../../http/handler.ts'
import { byCertificate } from '../authenticate.ts'
import { createApiServer } from '../server.ts'
import { storedNamespaces } from '../storedNamespaces.ts'
import { type ImageConfig, imageResources } from './index.ts'

export interface Fixture {
  store: Store
  /** The same over HTTP; users come by certificate. */
  handler: Handler
  client: ObjectClient
  /** A client of someone who may do what `allow` says. */
  as: (name: string) => ObjectClient
  /** What the next imports find, by pull spec; everything else is not found. */
  registry: Map<string, ImageImportStatus>
  /** The requests that the importer got. */
  imports: ImportRequest[]
  /** What imports have made of streams, each as it was before and after. */
  imported: [before: ImageStream | undefined, after: ImageStream][]
}

export interface FixtureOptions {
  /** What is there already; default: nothing. */
  store?: Store
  config?: Partial<ImageConfig>
  allow?: (user: User, question: AccessQuestion) => boolean
  secrets?: PullSecret[]
  /** Default: finds what is in `registry`. */
  importer?: Importer
  /** What is limited in namespace `p`. */
  limits?: LimitRange['spec']['limits']
}

const NAMESPACES = ['p', 'q']

export async function imageFixture(options: FixtureOptions = {}): Promise<Fixture> {
  const { store = openMemory() } = options
  const registry = new Map<string, ImageImportStatus>()
  const imports: ImportRequest[] = []
  const imported: Fixture['imported'] = []
  for (const name of NAMESPACES) {
    const key = keyOf({ group: '', plural: 'namespaces' }, '', name)
    await store.create(key, { metadata: { name } })
  }
  const resources = imageResources({
    store,
    config: { bulkLimit: 50, importMode: 'Legacy', ...options.config },
    secrets: async () => options.secrets ?? [],
    limitRanges: async (namespace) =>
      namespace === 'p' && options.limits ? [{ spec: { limits: options.limits } }] : [],
    imported: (...states) => imported.push(states),
    importer: async (request) => {
      imports.push(request)
      return options.importer?.(request) ?? answer(request, registry)
    },
  })
  const server = createApiServer({
    namespaces: storedNamespaces(store),
    resources,
    authenticator: byCertificate,
    authorizer: async (user, question) => ({
      allowed: user.groups.includes('system:masters') || (options.allow?.(user, question) ?? true),
      reason: 'not in this test',
    }),
    log: silent,
    version: 'test',
  })
  return {
    store,
    registry,
    imports,
    imported,
    handler: server.handler,
    client: server.client(),
    as: (name) => server.client({ name, groups: [] }),
  }
}

function answer({ images, repository }: ImportRequest, registry: Fixture['registry']): ImportResult {
  const status = (spec: string): ImageImportStatus =>
    structuredClone(registry.get(spec)) ?? {
      status: { metadata: {}, status: 'Failure', reason: 'NotFound', message: spec },
    }
  const name = repository?.from.name ?? ''
  const found = [...registry.keys()].filter((spec) => spec.startsWith(`${name}:`))
  return {
    images: images.map((image) => status(image.from.name ?? '')),
    ...(repository && { repository: { status: SUCCESS, images: found.map(status) } }),
  }
}

export const SUCCESS = { metadata: {}, status: 'Success' } as const

/** A resource of the group, in namespace `p` or another. */
export function at(plural: string, namespace: string | undefined = 'p'): Target {
  return { resource: { group: 'image.openshift.io', version: 'v1', plural }, ...(namespace && { namespace }) }
}

/** Images: they have no namespace. */
export const IMAGES: Target = { resource: { group: 'image.openshift.io', version: 'v1', plural: 'images' } }

/** Code, reason and message of the error that a promise ends with. */
export async function failure(promise: Promise<unknown>): Promise<[number, string, string]> {
  try {
    await promise
  } catch (error) {
    if (error instanceof ApiError) return [error.code, error.reason, error.message]
    throw error
  }
  throw new Error('this should have failed')
}
