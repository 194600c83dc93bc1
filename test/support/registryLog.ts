// What a registry was asked: every request as one record, and exact counts by kind.

/** What a request wants. */
export type RequestKind = 'ping' | 'token' | 'manifestGet' | 'manifestHead' | 'blobGet' | 'blobHead' | 'tags' | 'other'

/** A request that came. */
export interface Logged {
  /** Milliseconds, as performance.now() counts. */
  at: number
  kind: RequestKind
  method: string
  /** With query. */
  path: string
  /** The Host header. */
  host: string
  /** Of a request for a token: that which it is for. '' where there is none. */
  repository: string
  /** Tag or digest; '' where there is none. */
  reference: string
  /** Of the answer; 0 until there is one, and for ever where the connection ends before. */
  status: number
  /** Kind of credential that came along; its content is nowhere. */
  authorization: 'none' | 'basic' | 'bearer' | 'other'
}

/** Records that are kept: an hour of 10,000 tags that are looked at once a minute. Counts go on. */
const MOST = 600_000

const PATH = /^\/v2\/([^?]+)\/(manifests|blobs|tags)\/([^/?]+)/

/** A registry's own log. */
export class RegistryLog {
  readonly requests: Logged[] = []
  readonly #counts = new Map<RequestKind, number>()

  /** Enters a request. Its status is set when it is known. */
  add(method: string, path: string, host: string, authorization: string | undefined): Logged {
    const [, named = '', word = '', reference = ''] = PATH.exec(path) ?? []
    const kind = kindOf(method, path, word)
    const repository = kind === 'token' ? scopeOf(path) : named
    const logged: Logged = {
      at: performance.now(),
      kind,
      method,
      path,
      host,
      repository,
      reference,
      status: 0,
      authorization: authorizationOf(authorization),
    }
    if (this.requests.length < MOST) this.requests.push(logged)
    this.#counts.set(kind, this.count(kind) + 1)
    return logged
  }

  /** How many of a kind came, or of all kinds. */
  count(kind?: RequestKind): number {
    if (kind !== undefined) return this.#counts.get(kind) ?? 0
    return this.#counts.values().reduce((sum, count) => sum + count, 0)
  }

  /** The kinds that came, with how many of each. */
  counts(): Partial<Record<RequestKind, number>> {
    return Object.fromEntries(this.#counts)
  }

  /** Forgets everything: what comes next is counted from nothing. */
  clear(): void {
    this.requests.length = 0
    this.#counts.clear()
  }
}

/** `repository:NAME:pull`, as the token server is asked for it. */
const scopeOf = (path: string): string =>
  /^repository:(.+):/.exec(new URL(path, 'http://registry.test').searchParams.get('scope') ?? '')?.[1] ?? ''

function kindOf(method: string, path: string, word: string): RequestKind {
  const head = method === 'HEAD'
  if (word === 'manifests') return head ? 'manifestHead' : 'manifestGet'
  if (word === 'blobs') return head ? 'blobHead' : 'blobGet'
  if (word === 'tags') return 'tags'
  if (path === '/v2/') return 'ping'
  return path.startsWith('/token') ? 'token' : 'other'
}

function authorizationOf(header: string | undefined): Logged['authorization'] {
  if (header === undefined) return 'none'
  if (/^Basic /i.test(header)) return 'basic'
  return /^Bearer /i.test(header) ? 'bearer' : 'other'
}
