// A client that costs little: one pool of TLS connections, JSON in, JSON out.
import { Pool } from 'undici'
import { readKubeconfig } from '../test/support/standalone.ts'

export interface Client {
  /** Sends a request; throws when the answer is not 2xx. */
  send<T = unknown>(method: string, path: string, body?: unknown, type?: string): Promise<T>
  /** Sends a GET and reads the answer to its end, without parsing it. Gives the number of bytes. */
  drain(path: string, headers?: object): Promise<number>
  /** The answer to a GET, as it is. */
  text(path: string): Promise<string>
  /** False when a GET is answered 404. */
  exists(path: string): Promise<boolean>
  /** Events of a watch, until the signal aborts. */
  watch<T>(path: string, signal: AbortSignal): AsyncIterable<T>
  close(): Promise<void>
}

/** Connects to the server of a kubeconfig as its user. */
export function connect(kubeconfig: string, connections = 16): Client {
  const { url, ca, admin } = readKubeconfig(kubeconfig)
  const { token, ...certificate } = admin
  const pool = new Pool(url, { connections, connect: { ca, ...certificate } })
  const as = token ? { authorization: `Bearer ${token}` } : {}
  const get = async (path: string, headers: object, also?: number) => {
    const answer = await pool.request({ method: 'GET', path, headers: { ...as, ...headers } })
    if (answer.statusCode !== 200 && answer.statusCode !== also)
      throw new Error(`GET ${path}: ${answer.statusCode} ${await answer.body.text()}`)
    return answer
  }
  return {
    async send<T>(method: string, path: string, body?: unknown, type = 'application/json') {
      const answer = await pool.request({
        method,
        path,
        headers: { ...as, ...(body !== undefined && { 'content-type': type }) },
        body: body === undefined ? null : JSON.stringify(body),
      })
      if (answer.statusCode >= 300)
        throw new Error(`${method} ${path}: ${answer.statusCode} ${await answer.body.text()}`)
      return (await answer.body.json()) as T
    },
    async drain(path, headers = {}) {
      return (await (await get(path, headers)).body.bytes()).length
    },
    async text(path) {
      return (await get(path, {})).body.text()
    },
    async exists(path) {
      const answer = await get(path, {}, 404)
      await answer.body.text()
      return answer.statusCode === 200
    },
    async *watch<T>(path: string, signal: AbortSignal) {
      const answer = await pool.request({ method: 'GET', path, signal, headers: as, bodyTimeout: 0 })
      let rest = ''
      try {
        for await (const chunk of answer.body.setEncoding('utf8')) {
          const lines = (rest + String(chunk)).split('\n')
          rest = lines.pop() ?? ''
          for (const line of lines) if (line) yield JSON.parse(line) as T
        }
      } catch (error) {
        if (!signal.aborted) throw error
      }
    },
    close: () => pool.destroy(),
  }
}
