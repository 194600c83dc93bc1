// Hashes of pod templates: they name ReplicaSets and revisions. Kubernetes hashes a Go struct's print-out; nobody can rely on
// its value, only on being stable, so ours hashes canonical JSON.
import { createHash } from 'node:crypto'
import { deepEqual } from '../../core/machinery/json/equal.ts'
import type { PodTemplateSpec } from '../types/pod.ts'

export const HASH_LABEL = 'pod-template-hash'
/** No vowels and no look-alikes, so that no word comes out: the same letters as in generated names. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'
const LENGTH = 10

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical)
  if (value === null || typeof value !== 'object') return value
  const entries = Object.entries(value).filter(([, v]) => v !== undefined)
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([k, v]) => [k, canonical(v)]))
}

/** Ten letters and digits for any JSON; `collisions` makes another one for the same value. */
export function hashOf(value: unknown, collisions = 0): string {
  const digest = createHash('sha256')
    .update(JSON.stringify(canonical(value)))
    .update(String(collisions))
    .digest()
  return Array.from(digest.subarray(0, LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join('')
}

/** A template without the label that its hash put there. */
function withoutHash(template: PodTemplateSpec): PodTemplateSpec {
  const { labels, ...metadata } = template.metadata
  const { [HASH_LABEL]: _hash, ...rest } = labels ?? {}
  return { ...template, metadata: { ...metadata, ...(Object.keys(rest).length > 0 && { labels: rest }) } }
}

/** Whether two templates make the same pods. */
export function sameTemplate(a: PodTemplateSpec, b: PodTemplateSpec): boolean {
  return deepEqual(a.spec, b.spec) && deepEqual(withoutHash(a).metadata, withoutHash(b).metadata)
}
