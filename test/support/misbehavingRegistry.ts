// A registry in this process that misbehaves on purpose, and keeps account of everything that it is asked. What it does wrong is
// switched on and off while it runs (misbehaviours.ts), for a host, a repository, a kind of request or a number of them.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type FakeOptions, type FakeRegistry, startFakeRegistry } from './fakeRegistry.ts'
import type { Entry, RegistryContent } from './registryContent.ts'
import { type Logged, RegistryLog, type RequestKind } from './registryLog.ts'

/** A request that is about to be answered. */
export interface Asked extends Logged {
  request: IncomingMessage
  response: ServerResponse
  content: RegistryContent
  /** Makes all tokens invalid. */
  revoke(): void
}

/** Answers itself and gives true; or prepares what is answered (headers, the body on its way), and gives nothing. */
export type Misbehaviour = (asked: Asked) => boolean | void

/** Which requests are answered wrongly; without any of these, all are. */
export interface Where {
  /** The Host header: one registry has as many names as one gives it. */
  host?: string
  repository?: string
  kind?: RequestKind | readonly RequestKind[]
  /** Tag or digest. */
  reference?: string | RegExp
  /** Only so many of them, the first. */
  times?: number
}

export interface MisbehavingRegistry extends Pick<FakeRegistry, 'host' | 'origin' | 'content' | 'revoke' | 'close'> {
  log: RegistryLog
  /** Misbehaves from now on; gives what ends it. */
  misbehave(what: Misbehaviour, where?: Where): () => void
  /** Ends all misbehaviour. */
  behave(): void
  /** Points a tag to a new image, at once; `seed` decides its digest. */
  move(repository: string, tag: string, seed: string): Entry
}

interface Switch {
  what: Misbehaviour
  where: Where
  left: number
}

/** Starts it on a free port of loopback. */
export async function startMisbehavingRegistry(
  options: Omit<FakeOptions, 'intercept'> = {},
): Promise<MisbehavingRegistry> {
  const log = new RegistryLog()
  const switches = new Set<Switch>()
  const intercept = (request: IncomingMessage, response: ServerResponse): boolean => {
    const { method = '', url = '', headers } = request
    const logged = log.add(method, url, headers.host ?? '', headers.authorization)
    response.once('close', () => {
      if (response.headersSent) logged.status = response.statusCode
    })
    if (switches.size === 0) return false
    const asked = { ...logged, request, response, content: fake.content, revoke: () => fake.revoke() }
    for (const each of switches) {
      if (each.left === 0 || !fits(each.where, logged)) continue
      each.left -= 1
      if (each.what(asked)) return true
    }
    return false
  }
  const fake = await startFakeRegistry({ ...options, intercept })
  return {
    host: fake.host,
    origin: fake.origin,
    content: fake.content,
    revoke: () => fake.revoke(),
    close: () => fake.close(),
    log,
    misbehave(what, where = {}) {
      const added = { what, where, left: where.times ?? Number.POSITIVE_INFINITY }
      switches.add(added)
      return () => void switches.delete(added)
    },
    behave: () => switches.clear(),
    move: (repository, tag, seed) => fake.content.image(repository, tag, seed),
  }
}

function fits(where: Where, logged: Logged): boolean {
  const { host, repository, kind, reference } = where
  return (
    (host === undefined || host === logged.host) &&
    (repository === undefined || repository === logged.repository) &&
    (kind === undefined || kind === logged.kind || kind.includes(logged.kind)) &&
    (reference === undefined ||
      (typeof reference === 'string' ? reference === logged.reference : reference.test(logged.reference)))
  )
}
