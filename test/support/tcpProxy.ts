// A network between two programs that can be cut, stalled and slow: bytes pass through it as they are, TLS included.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface TcpProxy {
  readonly port: number
  /** Connections at the moment. */
  readonly connections: number
  /** Breaks all connections (RST). New ones are made as before. */
  cut(): void
  /** From now on bytes are dropped on all connections that are there, without an end. New ones are made as before. */
  stall(): void
  /** New connections are refused, and those that are there are broken, until it is called with false. */
  refuse(refuses: boolean): void
  /** Bytes take so many milliseconds more in each direction. */
  delay(milliseconds: number): void
  close(): Promise<void>
}

/** Listens on loopback, and passes everything on to this port of it. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>()
  let isRefusing = false
  let late = 0
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (bytes: Buffer) => {
      if (late > 0) setTimeout(() => to.writable && to.write(bytes), late)
      else to.write(bytes)
    })
    from.on('end', () => setTimeout(() => to.end(), late))
    from.on('error', () => to.resetAndDestroy())
    from.on('close', () => to.destroySoon())
  }
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    if (isRefusing) {
      near.resetAndDestroy()
      return
    }
    const far = connect({ port: target, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    near.once('close', () => pairs.delete(pair))
    pass(near, far)
    pass(far, near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = (): void => {
    for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return pairs.size
    },
    cut,
    stall() {
      for (const pair of pairs) for (const socket of pair) socket.removeAllListeners('data').resume()
    },
    refuse(refuses) {
      isRefusing = refuses
      if (refuses) cut()
    },
    delay: (milliseconds) => void (late = milliseconds),
    async close() {
      const closed = once(server, 'close')
      server.close()
      cut()
      await closed
    },
  }
}
