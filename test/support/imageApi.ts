// The image API over HTTP, in this process, for tests of what clients see on the wire.
import assert from 'node:assert/strict'
import { type Fixture, type FixtureOptions, imageFixture } from '../../src/apiserver/resources/image.fixture.ts'
import type { Image, ImageStream } from '../../src/core/image/types.ts'
import type { Status } from '../../src/core/machinery/status.ts'
import { image } from './imageObjects.ts'
import { request } from './request.ts'

/** The root of the API, and what lies in namespace `p`. */
export const ROOT = '/apis/image.openshift.io/v1'
export const P = `${ROOT}/namespaces/p`

/** An answer with its body as JSON. */
export interface Said<T> {
  status: number
  body: T
}

export interface ImageApi extends Fixture {
  /** A request as an administrator. `path`: below namespace `p` (`imagestreams/s`), or from `/`. */
  call: <T = Status>(method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Said<T>>
  /** Makes a stream `p/name` with a spec. */
  make: (name: string, spec?: object, metadata?: object) => Promise<ImageStream>
  /** Pushes image `c` to a tag (`s:v1`) of a stream that is there, as a registry does. */
  push: (name: string, c: string, more?: Partial<Image>) => Promise<void>
  /** PUT of an imagestreamtag (`s:v1`) with this tag. */
  put: <T = Status>(name: string, tag: object | null, metadata?: object) => Promise<Said<T>>
  /** The stream as it is. */
  stream: (name: string) => Promise<ImageStream>
}

/** Starts it. Nothing listens anywhere, nothing has to be stopped. */
export async function imageApi(options?: FixtureOptions): Promise<ImageApi> {
  const fixture = await imageFixture(options)
  const call = async <T>(method: string, path: string, body?: unknown, headers = {}): Promise<Said<T>> => {
    const url = path.startsWith('/') ? path : `${P}/${path}`
    const answer = await request(fixture.handler, method, url, { body, headers })
    return { status: answer.status, body: answer.json as T }
  }
  const ok = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const said = await call<T>(method, path, body)
    assert.ok(said.status < 300, JSON.stringify(said.body))
    return said.body
  }
  return {
    ...fixture,
    call,
    make: (name, spec = {}, metadata = {}) =>
      ok<ImageStream>('POST', 'imagestreams', { metadata: { name, ...metadata }, spec }),
    async push(name, c, more = {}) {
      const [stream, tag] = name.split(':')
      await ok('POST', 'imagestreammappings', { metadata: { name: stream }, image: image(c, more), tag })
    },
    put: (name, tag, metadata = {}) => call('PUT', `imagestreamtags/${name}`, { metadata: { name, ...metadata }, tag }),
    stream: (name) => ok<ImageStream>('GET', `imagestreams/${name}`),
  }
}

/** What is wrong, cause by cause: `[field, reason, message]`, sorted. */
export function causesOf({ details }: Status): (string | undefined)[][] {
  return sorted((details?.causes ?? []).map(({ field, reason, message }) => [field, reason, message]))
}

/** Causes in one order, whatever order they come in. */
export function sorted<T extends readonly (string | undefined)[]>(causes: readonly T[]): T[] {
  return causes.toSorted((a, b) => (a.join() < b.join() ? -1 : 1))
}
