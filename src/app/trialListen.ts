// Whether a port can be had, before anything is made elsewhere that a start which fails would leave behind.
import { createServer } from 'node:net'
import { portFailure } from './startup.ts'

/** Listens as the listener will, and stops at once. Errors: those of `portFailure`. */
export async function trialListen(host: string, port: number): Promise<void> {
  const server = createServer()
  const tried = Promise.withResolvers<void>()
  server.once('error', (error) => tried.reject(portFailure(error, host, port)))
  server.listen({ port, ...(host !== '*' && { host }) }, () => server.close(() => tried.resolve()))
  await tried.promise
}
