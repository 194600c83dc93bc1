// New pods from templates.
import type { KubeObject, OwnerReference } from '../../core/machinery/object.ts'
import { ApiError } from '../../core/machinery/status.ts'
import type { Pod, PodTemplateSpec } from '../types/pod.ts'
import type { View } from './view.ts'
import type { World } from './world.ts'

/** Pods made at one look at a workload; more wait for the next one. */
export const BURST = 500

/** Pods that the controllers fill the stand-in cluster with, as many as a large cluster's: a typo in a number must not fill memory. */
export const MAX_PODS = 5_000

/** What is to be made. */
export interface PodRequest {
  template: PodTemplateSpec
  owner: OwnerReference
  /** Exactly this name, else a generated one with `prefix`. */
  name?: string
  prefix?: string
  labels?: Readonly<Record<string, string>>
  annotations?: Readonly<Record<string, string>>
}

/** The pod object that a request means. */
function podFor({ template, owner, name, prefix, labels, annotations }: PodRequest): KubeObject & Pick<Pod, 'spec'> {
  const { metadata, spec } = template
  return {
    metadata: {
      ...(name ? { name } : { generateName: prefix ?? '' }),
      labels: { ...metadata.labels, ...labels },
      annotations: { ...metadata.annotations, ...annotations },
      ...(metadata.finalizers && { finalizers: metadata.finalizers }),
      ownerReferences: [owner],
    },
    spec,
  }
}

/** Creates a pod for `parent` and reports it. Without `pod`, it is refused, and will be again until something changes; the reason is in `refused`. */
export async function createPod<T extends KubeObject>(
  world: World,
  view: View<T>,
  parent: T,
  request: PodRequest,
  report: { component: string; created(name: string): string; failed(name: string, reason: string): string },
): Promise<{ pod?: Pod; refused?: string }> {
  if (world.pods.reflector.size >= MAX_PODS) {
    const refused = `the simulated cluster is full: it has no room for more than ${MAX_PODS} pods`
    const message = report.failed(request.name ?? request.prefix ?? '', refused)
    world.event(view, parent, { component: report.component, type: 'Warning', reason: 'FailedCreate', message })
    world.awaitRoom(view, parent)
    return { refused }
  }
  try {
    const pod = await world.pods.create(parent.metadata.namespace ?? '', podFor(request))
    const message = report.created(pod.metadata.name ?? '')
    world.event(view, parent, { component: report.component, reason: 'SuccessfulCreate', message })
    return { pod }
  } catch (error) {
    // A template that the API refuses is final, a quota lasts until it changes; everything else is tried again.
    if (!(error instanceof ApiError) || (error.code !== 422 && error.code !== 403)) throw error
    const message = report.failed(request.name ?? request.prefix ?? '', error.message)
    // A namespace that is going away needs no report.
    const isEnding = error.status.details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating')
    if (!isEnding) {
      world.event(view, parent, { component: report.component, type: 'Warning', reason: 'FailedCreate', message })
    }
    if (error.code === 403) world.awaitRoom(view, parent)
    return { refused: error.message }
  }
}

/** Deletes a pod of `parent` and reports it. */
export async function deletePod<T extends KubeObject>(
  world: World,
  view: View<T>,
  parent: T,
  pod: Pod,
  report: { component: string; deleted(name: string): string },
): Promise<void> {
  await world.pods.delete(pod)
  const message = report.deleted(pod.metadata.name ?? '')
  world.event(view, parent, { component: report.component, reason: 'SuccessfulDelete', message })
}
