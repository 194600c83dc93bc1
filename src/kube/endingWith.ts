// A client for work that may be broken off.
import type { ObjectClient } from '../core/machinery/client.ts'

/** Ends each request, and refuses further ones, when the signal aborts; they reject with its reason. */
export function endingWith(client: ObjectClient, signal: AbortSignal): ObjectClient {
  return {
    get: (target) => client.get(target, { signal }),
    list: (target, options) => client.list(target, { ...options, signal }),
    watch: (target, options) => client.watch(target, { ...options, signal }),
    create: (target, object, options) => client.create(target, object, { ...options, signal }),
    update: (target, object, options) => client.update(target, object, { ...options, signal }),
    patch: (target, type, patch, options) => client.patch(target, type, patch, { ...options, signal }),
    delete: (target, options) => client.delete(target, { ...options, signal }),
  }
}
