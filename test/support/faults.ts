// Registries that go wrong in one way each, in front of a real one.
import { createServer, request, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'

export interface FrontDoor {
  /** host:port, plain HTTP. */
  host: string
  /** Method and path of each request, in order. */
  requests: string[]
  close(): void
}

/** Listens in front of the registry `host`. `intercept` answers a request itself by returning true; the rest is passed on. */
export async function frontDoor(
  host: string,
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean,
): Promise<FrontDoor> {
  const requests: string[] = []
  const listener: RequestListener = (incoming, response) => {
    requests.push(`${incoming.method} ${incoming.url}`)
    if (intercept(incoming, response)) return
    const { authorization: _, ...headers } = incoming.headers
    const options = { method: incoming.method, path: incoming.url, headers: { ...headers, host } }
    const onward = request(`http://${host}`, options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    incoming.pipe(onward)
  }
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    requests,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Asks everyone for this user name and password, by Basic authentication. */
export function basic(user: string, password: string): Parameters<typeof frontDoor>[1] {
  const expected = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return (incoming, response) => {
    if (incoming.headers.authorization === expected) return false
    response.writeHead(401, {
      'www-authenticate': 'Basic realm="test"',
      'docker-distribution-api-version': 'registry/2.0',
      'content-type': 'application/json',
    })
    response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] }))
    return true
  }
}

/** Answers paths that match with this body, and passes on all others. */
export function answering(path: RegExp, status: number, type: string, body: string): Parameters<typeof frontDoor>[1] {
  return (incoming, response) => {
    if (!path.test(incoming.url ?? '')) return false
    response.writeHead(status, { 'content-type': type, 'docker-distribution-api-version': 'registry/2.0' })
    response.end(incoming.method === 'HEAD' ? undefined : body)
    return true
  }
}
