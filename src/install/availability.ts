// Whether the aggregator reaches the server behind our APIServices.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { API_SERVICES } from './names.ts'
import { RESOURCES } from './resources.ts'
import { until, type Waiting } from './wait.ts'

interface ApiService extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** Error: why it does not, in the aggregator's words. */
async function reach(client: ObjectClient, signal?: AbortSignal): Promise<void> {
  for (const name of API_SERVICES) {
    const { status } = await client.get<ApiService>({ resource: RESOURCES.APIService, name }, signal && { signal })
    const condition = status?.conditions?.find(({ type }) => type === 'Available')
    if (condition?.status !== 'True') throw new Error(condition?.message ?? 'it has not been tried yet')
  }
}

/** Whether it does now. */
export const isReached = (client: ObjectClient): Promise<boolean> =>
  reach(client).then(
    () => true,
    () => false,
  )

/**
 * Waits until it does. `before`: what is seen to before each look. Errors: InstallError with what the aggregator says, the reason of the
 * signal.
 */
export function available(
  client: ObjectClient,
  options: Waiting = {},
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const look = () => before().then(() => reach(client, options.signal))
  return until('the cluster does not reach the server', look, options)
}
