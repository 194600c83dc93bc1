// Admission: what looks at a write, and may refuse or change it, between authorization and the resource's own rules.
import type { KubeObject } from './object.ts'
import type { Context, Creation, GiveBack } from './resource.ts'

/** A write on its way. */
export interface Write {
  resource: { group: string; version: string; plural: string; namespaced: boolean }
  subresource?: { name: string }
  context: Context
  /** Of the URL: '' for a creation. */
  name: string
}

export type WriteOperation = 'create' | 'delete' | 'update'

/** One thing that admission does. */
export interface AdmissionStep {
  /** Refuses a write before anything else happens. An update that creates its object is asked about twice. */
  check?(write: Write, operation: WriteOperation): Promise<void>
  /**
   * Changes an object, decoded and private to the write, before it is stored. `old`: what it replaces; undefined for a
   * creation. Runs again when the write is tried again, and for dry runs: it must not do anything else.
   */
  mutate?(write: Write, object: KubeObject, old: KubeObject | undefined): Promise<void>
  /**
   * Finds room for a new object, valid and named, right before it is stored: what `write` is for, or what it makes on its
   * way, like the stream of a new tag. May refuse, and may write elsewhere unless the creation is a dry run. Answers how to
   * give the room back; not called again when the write is tried again, unless the room was given back.
   */
  reserve?(write: Write, creation: Creation): Promise<GiveBack | undefined>
}
