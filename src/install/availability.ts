// Whether the aggregator reaches the server behind our APIServices.
import type { ObjectClient } from '../core/machinery/client.ts'
import type { KubeObject } from '../core/machinery/object.ts'
import { API_SERVICES } from './names.ts'
import { RESOURCES } from './resources.ts'
import { until, type Waiting } from './wait.ts'

interface ApiService extends KubeObject {
  status?: { conditions?: { type: string; status: string; message?: string }[] }
}

/** Waits until it does. Errors: InstallError with what the aggregator says, the reason of the signal. */
export async function available(client: ObjectClient, options: Waiting = {}): Promise<void> {
  const { signal } = options
  const reached = async (name: string): Promise<void> => {
    const { status } = await client.get<ApiService>({ resource: RESOURCES.APIService, name }, signal && { signal })
    const condition = status?.conditions?.find(({ type }) => type === 'Available')
    if (condition?.status !== 'True') throw new Error(condition?.message ?? 'it has not been tried yet')
  }
  const look = async (): Promise<void> => {
    for (const name of API_SERVICES) await reached(name)
  }
  return until('the cluster does not reach the server', look, options)
}
