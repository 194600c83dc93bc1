// What is installed: objects as they are applied, and what all of them have in common.
import type { KubeObject, ObjectMeta } from '../core/machinery/object.ts'

/** An object of the installation. */
export interface Manifest extends KubeObject {
  apiVersion: string
  kind: string
  [section: string]: unknown
}

/** What pods are found by; part of a Deployment that can never change. */
export const SELECTOR = { 'app.kubernetes.io/name': 'millrace' }

/** Who has made an object: by this we know our own. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by'
export const MANAGER = 'millrace'

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/ */
export function labelsOf(version: string): Record<string, string> {
  return { ...SELECTOR, 'app.kubernetes.io/version': version, [MANAGED_BY]: MANAGER }
}

/** Adds the common labels to objects that do not have them. */
export function labelled(objects: readonly Manifest[], version: string): Manifest[] {
  return objects.map((object) => {
    const metadata: ObjectMeta = { ...object.metadata, labels: { ...labelsOf(version), ...object.metadata.labels } }
    return { ...object, metadata }
  })
}

/** Whether an object is part of an installation, by whomever. */
export const isOurs = ({ metadata }: KubeObject): boolean =>
  Object.entries(SELECTOR).every(([key, value]) => metadata.labels?.[key] === value)

/** Whether it is part of one that `millrace` has made, and not Helm. */
export const isManaged = (object: KubeObject): boolean =>
  isOurs(object) && object.metadata.labels?.[MANAGED_BY] === MANAGER
