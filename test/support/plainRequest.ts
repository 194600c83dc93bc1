// Requests without a client library: what is sent, and what comes back.
import { Agent, request } from 'undici'
import type { Credentials } from './kubeconfig.ts'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The body as JSON; throws when it is none. */
  json(): unknown
}

/** A server that speaks TLS. */
export interface Endpoint {
  url: string
  /** PEM of the authority that has signed its certificate. */
  ca: string
  /** The name in its certificate, where it is not that of the URL. */
  servername?: string
}

export interface PlainRequest {
  method: string
  path: string
  /** Objects go as JSON, bytes as they are. */
  body?: string | object | Buffer | undefined
  headers?: Record<string, string> | undefined
}

/** Sends one request over HTTP/1.1, on a connection of its own. */
export async function plainRequest(to: Endpoint, who: Credentials, asked: PlainRequest): Promise<Answer> {
  const { token, ...client } = who
  const { method, path, body, headers = {} } = asked
  const dispatcher = new Agent({
    connect: { ca: to.ca, ...(to.servername && { servername: to.servername }), ...client },
    allowH2: false,
  })
  try {
    const answer = await request(to.url + path, {
      method,
      dispatcher,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(isObject(body) && { 'content-type': 'application/json' }),
        ...headers,
      },
      body: isObject(body) ? JSON.stringify(body) : (body ?? null),
    })
    const text = await answer.body.text()
    return { status: answer.statusCode, headers: answer.headers, text, json: () => JSON.parse(text) as unknown }
  } finally {
    await dispatcher.close()
  }
}

const isObject = (body: string | object | Buffer | undefined): body is object =>
  typeof body === 'object' && !Buffer.isBuffer(body)
