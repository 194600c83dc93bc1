// A proxy as companies have them: tunnels for CONNECT, whole URLs for plain HTTP, on loopback. All names lead to loopback.
import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'

export interface ConnectProxy {
  /** `http://127.0.0.1:PORT`, with user and password where they are wanted. */
  readonly url: string
  /** `CONNECT host:port` or `GET http://host/path`, as they were asked. */
  readonly asked: string[]
  close(): Promise<void>
}

/** `user`: `name:password` that it wants to be told. */
export async function startConnectProxy(options: { user?: string } = {}): Promise<ConnectProxy> {
  const asked: string[] = []
  const sockets = new Set<Socket>()
  const wanted = options.user && `Basic ${Buffer.from(options.user).toString('base64')}`
  const isWelcome = ({ headers }: IncomingMessage): boolean =>
    wanted === undefined || headers['proxy-authorization'] === wanted
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    if (!isWelcome(request)) {
      response.writeHead(407).end()
      return
    }
    const { pathname, search, port } = new URL(request.url!)
    const { 'proxy-authorization': _, ...headers } = request.headers
    const onward = send(
      { host: '127.0.0.1', port, path: pathname + search, method: request.method!, headers },
      (answer) => {
        response.writeHead(answer.statusCode!, answer.headers)
        answer.pipe(response)
      },
    )
    onward.on('error', () => response.writeHead(502).end())
    request.pipe(onward)
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })
  server.on('connect', (request: IncomingMessage, near: Socket) => {
    asked.push(`CONNECT ${request.url}`)
    if (!isWelcome(request)) {
      near.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
      return
    }
    const far = connect({ port: Number(request.url!.split(':').at(-1)), host: '127.0.0.1' }, () => {
      near.write('HTTP/1.1 200 Connection established\r\n\r\n')
      near.pipe(far).pipe(near)
    })
    far.on('error', () => near.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    near.on('close', () => far.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://${options.user ? `${options.user}@` : ''}127.0.0.1:${port}`,
    asked,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}
