import type { Reply, Request } from '../http/handler.ts'

const text = (status: number, body: string): Reply => ({
  status,
  headers: {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-cache, private',
    'x-content-type-options': 'nosniff',
  },
  body,
})

/**
 * /livez, /readyz and the older /healthz, open to everybody. `notReady` names what a client should still wait for: a word, or one with
 * the reason in brackets.
 */
export function healthHandler(notReady: () => readonly string[]): (request: Request) => Reply | undefined {
  return ({ path }) => {
    if (path === '/livez' || path === '/healthz') return text(200, 'ok')
    if (path !== '/readyz') return undefined
    const waiting = notReady()
    return waiting.length === 0 ? text(200, 'ok') : text(503, `${waiting.map((w) => `[-]${w} not ready`).join('\n')}\n`)
  }
}
