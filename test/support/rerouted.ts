// A way out on which names of the world lead to servers of the test: https://sts.amazonaws.com becomes http://127.0.0.1:PORT.
import type { Outbound } from '../../src/http/outbound.ts'

/** Sends what is for an origin elsewhere, with the Host header it would have had; what has no place to go is refused. */
export function rerouted(outbound: Outbound, route: (origin: URL) => string | undefined): Outbound {
  return {
    dispatcher: (verify) => ({
      async request(options) {
        const origin = new URL(options.origin)
        const place = route(origin)
        if (place === undefined) throw Object.assign(new Error('no such host'), { code: 'ENOTFOUND' })
        const headers = { ...(options.headers as Record<string, string>), host: origin.host }
        return await outbound.dispatcher(verify).request({ ...options, origin: place, headers })
      },
    }),
    close: () => outbound.close(),
  }
}
