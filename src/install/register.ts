// Making a cluster know a server that runs outside of it, and forget it again.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { Log } from '../core/machinery/log.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { ifFound } from '../core/machinery/status.ts'
import { pause } from '../kube/backoff.ts'
import { endingWith } from '../kube/endingWith.ts'
import { apply, remove } from './apply.ts'
import { available } from './availability.ts'
import type { Manifest } from './manifest.ts'
import { ensureNamespace } from './ownNamespace.ts'
import { nameOf, targetOf } from './resources.ts'

/**
 * Applies the objects and waits until the cluster reaches the server behind them. Errors: those of the API, InstallError, the reason
 * of the signal. That ends no write that is under way: it could be done after it has been taken back.
 */
export async function register(client: ObjectClient, objects: readonly Manifest[], signal: AbortSignal): Promise<void> {
  const applyAll = async (wanted: readonly Manifest[]): Promise<void> => {
    for (const object of wanted) {
      signal.throwIfAborted()
      await (object.kind === 'Namespace' ? ensureNamespace : apply)(client, object)
    }
  }
  await applyAll(objects)
  await available(client, { signal }, async () => {
    // Another server that was ending meanwhile may have removed what is the same for both.
    const missing = await missingOf(client, objects)
    if (missing.length === 0) return
    await applyAll(missing)
    throw new Error('another server has removed a part of the registration')
  })
}

async function missingOf(client: ObjectClient, objects: readonly Manifest[]): Promise<Manifest[]> {
  const found = await Promise.all(objects.map((object) => ifFound(client.get(targetOf(object)))))
  return objects.filter((_, index) => found[index] === undefined)
}

/** A Service, as far as it says where requests go. */
export interface Service extends KubeObject {
  spec?: { type?: string; externalName?: string; ports?: { port: number }[] }
}

/** Milliseconds for one request of what follows, and between two passes. */
const PATIENCE = 3_000
const AGAIN = 500

/**
 * Takes back what sends requests to this server; the namespace stays. What sends them to another one by now is left alone: the Service
 * says so, and goes first. Whoever registers meanwhile applies again what it misses then. What fails is tried again until the signal
 * aborts; what is left then is logged.
 */
export async function deregister(
  client: ObjectClient,
  objects: readonly Manifest[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  const service: Service & Manifest = objects.find(({ kind }) => kind === 'Service')!
  const others = objects.toReversed().filter(({ kind }) => kind !== 'Service' && kind !== 'Namespace')
  let left = [service, ...others]
  for (;;) {
    const failed: Manifest[] = []
    let failure: unknown
    for (const object of left) {
      const asked = endingWith(client, AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]))
      try {
        const found = await ifFound(asked.get<Service>(targetOf(service)))
        if (found && urlOf(found) !== urlOf(service)) return
        await remove(asked, object)
      } catch (error) {
        failure = error
        failed.push(object)
      }
    }
    if (failed.length === 0) return
    left = failed
    await pause(AGAIN, signal)
    if (!signal.aborted) continue
    const stays = left.map(nameOf)
    return log.error({ err: failure, stays }, 'the registration could not be taken back: see millrace uninstall')
  }
}

/** Where the cluster sends requests: the URL of a server outside of it, or what else the Service is. */
export const urlOf = ({ spec }: Service): string =>
  spec?.externalName ? `https://${spec.externalName}:${spec.ports?.[0]?.port}` : 'an installation in the cluster'
