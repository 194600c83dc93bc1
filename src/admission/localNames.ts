// Local names on their way in: a pod or workload that names a stream of its namespace is stored with the image that it means.
import { localCandidates, localChanges } from '../core/image/localLookup.ts'
import type { LookupStream } from '../core/image/lookup.ts'
import type { ImageStream } from '../core/image/types.ts'
import { DERIVED_KINDS, kindOfResource, type WorkloadKind } from '../core/image/workloads.ts'
import type { AdmissionStep } from '../core/machinery/admission.ts'
import type { ObjectClient } from '../core/machinery/client.ts'
import { locate, overwrite, parsePointer } from '../core/machinery/patch/pointer.ts'
import { ifFound } from '../core/machinery/status.ts'

/** Gets a stream; undefined when there is none. */
export type StreamReader = (namespace: string, name: string) => Promise<LookupStream | undefined>

/** Reads streams through a client, with that client's rights. */
export function streamReader(client: Pick<ObjectClient, 'get'>): StreamReader {
  const resource = { group: 'image.openshift.io', version: 'v1', plural: 'imagestreams' }
  return (namespace, name) => ifFound(client.get<ImageStream>({ resource, namespace, name }))
}

/** Looks names up in writes of whole workloads of these kinds, and of what is made from workloads, not of their subresources. */
export function localNames(read: StreamReader, workloads: readonly WorkloadKind[]): AdmissionStep {
  const kinds = [...workloads, ...DERIVED_KINDS]
  return {
    async mutate({ resource, subresource, context }, object, old) {
      const kind = subresource ? undefined : kindOfResource(kinds, resource)
      const candidates = kind ? localCandidates(kind, object, old) : []
      const streams = new Map<string, LookupStream>()
      for (const name of new Set(candidates.map(({ stream }) => stream))) {
        const stream = await read(context.namespace, name)
        if (stream) streams.set(name, stream)
      }
      for (const { pointer, image } of localChanges(candidates, streams)) {
        const slot = locate({ document: object }, parsePointer(pointer) ?? [])
        if (slot) overwrite(slot, image)
      }
    },
  }
}
