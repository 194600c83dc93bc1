// Defaults of pods and their templates, as kube-apiserver sets them.
import type { Container } from '../types/container.ts'
import type { Pod, PodSpec } from '../types/pod.ts'
import { defaultContainer } from './container.ts'
import { defaultVolume } from './volume.ts'

const GRACE_SECONDS = 30

/** Every container of a pod: init, ordinary and ephemeral ones. */
export function containersOf(spec: PodSpec): Container[] {
  return [...(spec.initContainers ?? []), ...spec.containers, ...(spec.ephemeralContainers ?? [])]
}

/** Fills a pod's spec; the same for pods and for templates. */
export function defaultPodSpec(spec: PodSpec): void {
  for (const volume of spec.volumes ?? []) defaultVolume(volume)
  for (const container of containersOf(spec)) defaultContainer(container, spec.hostNetwork ?? false)
  spec.restartPolicy ||= 'Always'
  spec.dnsPolicy ||= 'ClusterFirst'
  spec.schedulerName ||= 'default-scheduler'
  spec.terminationGracePeriodSeconds ??= GRACE_SECONDS
  spec.securityContext ??= {}
  // One field under two names, for clients of the first hour.
  const account = spec.serviceAccountName || spec.serviceAccount
  if (account) spec.serviceAccountName = spec.serviceAccount = account
}

/** Fills what only pods get, not templates. */
export function defaultPod({ spec, status }: Pod): void {
  defaultPodSpec(spec)
  spec.enableServiceLinks ??= true
  for (const { resources } of containersOf(spec)) {
    if (resources.limits) resources.requests = { ...resources.limits, ...resources.requests }
  }
  status.phase ||= 'Pending'
}
