// What registries do wrong, each by itself: values for MisbehavingRegistry.misbehave.
import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { reply, replyError } from './fakeRegistry.ts'
import type { Misbehaviour } from './misbehavingRegistry.ts'

/** 429. `retryAfter`: seconds, or a date as it stands in the header. `html`: as a proxy in front of the registry says it. */
export function tooManyRequests({
  retryAfter,
  html,
}: { retryAfter?: number | Date; html?: boolean } = {}): Misbehaviour {
  return ({ response }) => {
    const value = retryAfter instanceof Date ? retryAfter.toUTCString() : retryAfter
    if (value !== undefined) response.setHeader('retry-after', value)
    if (html) response.writeHead(429, { 'content-type': 'text/html' }).end('<html>Too Many Requests</html>')
    else replyError(response, 429, 'TOOMANYREQUESTS', 'You have reached your pull rate limit')
    return true
  }
}

/** 503, as of a registry that is being maintained. `retryAfter`: seconds. */
export function unavailable({ retryAfter }: { retryAfter?: number } = {}): Misbehaviour {
  return ({ response }) => {
    if (retryAfter !== undefined) response.setHeader('retry-after', retryAfter)
    response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Back soon</html>')
    return true
  }
}

/**
 * Headers that tell how much of a quota is left, as Docker Hub documents them; answers are otherwise right. The number falls with
 * every GET. https://docs.docker.com/docker-hub/usage/pulls/#view-hourly-pull-rate-and-limit
 */
export function quota({ limit = 100, remaining = 76, window = 21_600 } = {}): Misbehaviour {
  let left = remaining
  return ({ response, kind }) => {
    response.setHeader('ratelimit-limit', `${limit};w=${window}`)
    response.setHeader('ratelimit-remaining', `${left};w=${window}`)
    response.setHeader('docker-ratelimit-source', '192.0.2.1')
    if (kind === 'manifestGet') left = Math.max(0, left - 1)
  }
}

/** All tokens have expired: a fresh challenge, where the registry wants tokens. */
export const expiredTokens = (): Misbehaviour => (asked) => asked.revoke()

/** A docker-content-digest that is not that of the content. */
export const wrongDigest =
  (digest = `sha256:${'0'.repeat(64)}`): Misbehaviour =>
  ({ response }) =>
    beforeHeaders(response, () => response.setHeader('docker-content-digest', digest))

/** The connection ends in the middle of the body that was announced. */
export const truncatedBody =
  (): Misbehaviour =>
  ({ response }) =>
    replacingBody(response, (body) => {
      response.write(body.subarray(0, body.length / 2), () => response.destroy())
    })

/** A byte at a time, so many milliseconds apart. */
export const slowBody =
  (milliseconds: number): Misbehaviour =>
  ({ response }) =>
    replacingBody(response, (body) => {
      let sent = 0
      const timer = setInterval(() => {
        if (sent === body.length) response.end()
        else response.write(body.subarray(sent, (sent += 1)))
      }, milliseconds)
      response.once('close', () => clearInterval(timer))
    })

/** Accepts the request, and says nothing for ever. */
export const silence = (): Misbehaviour => () => true

/** Ends the connection instead of an answer. */
export const hangUp =
  (): Misbehaviour =>
  ({ response }) => {
    response.destroy()
    return true
  }

/** Sends elsewhere: to a URL, or what is made of the path that was asked for. */
export const redirect =
  (location: string | ((path: string) => string), status = 307): Misbehaviour =>
  ({ response, path }) => {
    response.writeHead(status, { location: typeof location === 'string' ? location : location(path) }).end()
    return true
  }

/** A page for people, as proxies and login walls send it. */
export const htmlError =
  (status: number): Misbehaviour =>
  ({ response }) => {
    response.writeHead(status, { 'content-type': 'text/html' }).end('<!DOCTYPE html><html>Sorry.</html>')
    return true
  }

/** Another image behind the tag at each request. */
export function flapping(): Misbehaviour {
  let turn = 0
  return ({ content, repository, reference }) => {
    if (!reference.startsWith('sha256:')) content.image(repository, reference, `turn ${(turn += 1)}`)
  }
}

/** The manifest has been deleted, though others still name it. */
export const deleted =
  (): Misbehaviour =>
  ({ response }) => {
    replyError(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown')
    return true
  }

/** The registry's clock is wrong by so many milliseconds: what the Date header says. */
export const skewedClock =
  (milliseconds: number): Misbehaviour =>
  ({ response }) =>
    void response.setHeader('date', new Date(Date.now() + milliseconds).toUTCString())

/** A challenge whose token server is elsewhere. */
export const challenge =
  (header: string): Misbehaviour =>
  ({ response }) => {
    response.setHeader('www-authenticate', header)
    replyError(response, 401, 'UNAUTHORIZED', 'authentication required')
    return true
  }

/** The token server's answer says more, or something else: `expires_in`, `issued_at`. */
export const tokenAnswer =
  (fields: object): Misbehaviour =>
  ({ response }) =>
    replacingBody(response, (body) =>
      response.end(JSON.stringify({ ...(JSON.parse(String(body)) as object), ...fields })),
    )

/** Repeats in its error what it was sent as a credential, as verbose servers do. */
export const echo =
  (status: number): Misbehaviour =>
  ({ request, response }) => {
    const sent = request.headers.authorization ?? ''
    const decoded = Buffer.from(sent.replace(/^Basic /, ''), 'base64').toString()
    reply(response, status, { errors: [{ code: 'UNKNOWN', message: `cannot take ${sent} (${decoded})` }] })
    return true
  }

/** Runs when the headers are about to be sent. */
function beforeHeaders(response: ServerResponse, change: () => void): void {
  const writeHead = response.writeHead.bind(response)
  Object.assign(response, {
    writeHead(status: number, headers?: OutgoingHttpHeaders) {
      change()
      return writeHead(status, headers)
    },
  })
}

/** Sends something else than the whole body; an answer without a body is as it is. */
function replacingBody(response: ServerResponse, send: (body: Buffer) => void): void {
  const end = response.end.bind(response)
  Object.assign(response, {
    end(body?: string | Buffer) {
      Object.assign(response, { end })
      if (body === undefined) return end()
      send(Buffer.from(body))
      return response
    },
  })
}
