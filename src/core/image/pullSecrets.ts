// Credentials of registries: which secrets of a namespace imports may use, and streams may tell.
import type { KubeObject } from '../machinery/object.ts'
import { EXCLUDE_SECRET, isSet } from './annotations.ts'

/** A secret that may hold credentials of registries, as imports see it. */
export interface PullSecret {
  name: string
  type: 'kubernetes.io/dockerconfigjson' | 'kubernetes.io/dockercfg'
  /** The secret's `data`: values are base64. */
  data: Record<string, string>
  /** Of the Secret; absent where it is a file. */
  metadata?: KubeObject['metadata']
}

/** A Secret of core/v1, as far as it matters here. */
export interface Secret extends KubeObject {
  type?: string
  data?: Record<string, string>
}

/** Whether imports may use a secret: by its type, and unless its owner says no. */
export function isPullSecret(secret: Secret): secret is Secret & Pick<PullSecret, 'type'> {
  const { type, metadata } = secret
  if (type !== 'kubernetes.io/dockerconfigjson' && type !== 'kubernetes.io/dockercfg') return false
  return !isSet(metadata.annotations, EXCLUDE_SECRET)
}
