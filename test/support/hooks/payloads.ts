// Documented deliveries of every sender.
import { CLOUDS } from './clouds.ts'
import { EVENTS } from './events.ts'
import { HOSTED } from './hosted.ts'
import type { Payload } from './payload.ts'
import { SERVERS } from './servers.ts'

export type { Payload } from './payload.ts'

export const PAYLOADS: readonly Payload[] = [...HOSTED, ...CLOUDS, ...SERVERS, ...EVENTS]

/** The payload as it is delivered. */
export const deliveryOf = ({ headers = {}, body }: Pick<Payload, 'headers' | 'body'>) => ({
  header: (name: string): string | undefined => headers[name],
  // As it comes from the wire: what is undefined is not there.
  body: JSON.parse(JSON.stringify(body)) as unknown,
})
