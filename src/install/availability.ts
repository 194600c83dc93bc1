// Whether the aggregator reaches the server behind our APIService.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { API_SERVICE } from './names.ts'
import { RESOURCES } from './resources.ts'
import { until, type Waiting } from './wait.ts'

interface ApiService extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** Waits until it does. Errors: InstallError with what the aggregator says, the reason of the signal. */
export function available(client: ObjectClient, options: Waiting = {}): Promise<void> {
  const { signal } = options
  const target = { resource: RESOURCES.APIService, name: API_SERVICE }
  const look = async (): Promise<void> => {
    const { status } = await client.get<ApiService>(target, signal && { signal })
    const condition = status?.conditions?.find(({ type }) => type === 'Available')
    if (condition?.status !== 'True') throw new Error(condition?.message ?? 'it has not been tried yet')
  }
  return until('the cluster does not reach the server', look, options)
}
