// Rules of metadata, the same for every kind, with the texts of Kubernetes.
import { deepEqual } from '../json/equal.ts'
import { append, forbidden, invalid, MAX_TOLD, required, tooLong, type FieldError } from '../fieldError.ts'
import { dns1123Label, dns1123Subdomain, forNames, labelValue, pathSegment, qualifiedName } from './names.ts'
import type { ManagedFieldsEntry, ObjectMeta, OwnerReference } from '../object.ts'

/** Keys and values of all annotations together, in bytes. */
const MAX_ANNOTATIONS = 256 * 1024
/** Bytes of a field manager's name, and of a subresource's. */
const MAX_MANAGER = 128
const MAX_SUBRESOURCE = 256

const ORPHAN = 'orphan'
const FOREGROUND = 'foregroundDeletion'

/** What a kind demands of its metadata. */
export interface MetadataRules {
  namespaced: boolean
  /** Problems of a name; default: DNS-1123 subdomain. `prefix`: it is a generateName. */
  validateName?: (name: string, prefix: boolean) => string[]
  /** Metadata of the object that is updated; absent on create. */
  old?: ObjectMeta
}

const defaultName = forNames((name) => dns1123Subdomain(name))
/** An update only has to keep URLs whole: names that older rules allowed stay usable. */
const nameOfOld = pathSegment

/** Everything that is wrong in an object's metadata. */
export function validateMetadata(meta: ObjectMeta, rules: MetadataRules): FieldError[] {
  const { generation = 0 } = meta
  return [
    ...validateName(meta, rules.validateName ?? (rules.old ? nameOfOld : defaultName)),
    ...validateNamespace(meta.namespace ?? '', rules.namespaced),
    ...(generation < 0 ? [invalid('metadata.generation', generation, 'must be greater than or equal to 0')] : []),
    ...validateLabels(meta.labels, 'metadata.labels'),
    ...validateAnnotations(meta.annotations, 'metadata.annotations'),
    ...validateOwners(meta.ownerReferences ?? []),
    ...validateFinalizers(meta.finalizers ?? []),
    ...validateManagedFields(meta.managedFields ?? []),
    ...(rules.old ? validateUpdate(meta, rules.old) : []),
  ]
}

function validateName(meta: ObjectMeta, check: (name: string, prefix: boolean) => string[]): FieldError[] {
  const { name = '', generateName = '' } = meta
  const errors: FieldError[] = []
  if (generateName !== '') {
    for (const problem of check(generateName, true)) {
      errors.push(invalid('metadata.generateName', generateName, problem))
    }
  }
  if (name === '') return [...errors, required('metadata.name', 'name or generateName is required')]
  for (const problem of check(name, false)) errors.push(invalid('metadata.name', name, problem))
  return errors
}

function validateNamespace(namespace: string, namespaced: boolean): FieldError[] {
  const field = 'metadata.namespace'
  if (!namespaced) return namespace === '' ? [] : [forbidden(field, 'not allowed on this type')]
  if (namespace === '') return [required(field)]
  return dns1123Label(namespace).map((problem) => invalid(field, namespace, problem))
}

/** Labels anywhere: in metadata or in a selector's matchLabels. */
export function validateLabels(labels: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const [key, value] of Object.entries(labels ?? {})) {
    if (errors.length > MAX_TOLD) break
    for (const problem of qualifiedName(key)) errors.push(invalid(field, key, problem))
    for (const problem of labelValue(value)) errors.push(invalid(field, value, problem))
  }
  return errors
}

/** Annotations: keys like labels' but of any case; values are free, their total size is not. */
export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
): FieldError[] {
  const errors: FieldError[] = []
  let size = 0
  for (const [key, value] of Object.entries(annotations ?? {})) {
    if (errors.length > MAX_TOLD) break
    size += Buffer.byteLength(key) + Buffer.byteLength(value)
    for (const problem of qualifiedName(key.toLowerCase())) errors.push(invalid(field, key, problem))
  }
  if (size > MAX_ANNOTATIONS) errors.push(tooLong(field, MAX_ANNOTATIONS))
  return errors
}

function validateOwners(owners: readonly OwnerReference[]): FieldError[] {
  const field = 'metadata.ownerReferences'
  const errors: FieldError[] = []
  let controller: string | undefined
  let second: string | undefined
  for (const owner of owners) {
    // "group/" names no version; a bare word is one.
    const version = owner.apiVersion.slice(owner.apiVersion.indexOf('/') + 1)
    if (version === '') errors.push(invalid(`${field}.apiVersion`, owner.apiVersion, 'version must not be empty'))
    for (const key of ['kind', 'name', 'uid'] as const) {
      if (owner[key] === '') errors.push(invalid(`${field}.${key}`, '', 'must not be empty'))
    }
    if (owner.apiVersion === 'v1' && owner.kind === 'Event') {
      errors.push(invalid(field, owner, '/v1, Kind=Event is disallowed from being an owner'))
    }
    if (!owner.controller) continue
    const who = `${owner.kind}/${owner.name}`
    if (controller === undefined) controller = who
    // Said once: it shows all owners.
    else second ??= who
  }
  if (second !== undefined) {
    const found = `Found "true" in references for ${controller} and ${second}`
    errors.push(invalid(field, owners, `Only one reference can have Controller set to true. ${found}`))
  }
  return errors
}

function validateFinalizers(finalizers: readonly string[]): FieldError[] {
  const field = 'metadata.finalizers'
  const errors: FieldError[] = []
  for (const f of finalizers) {
    if (errors.length > MAX_TOLD) break
    for (const problem of qualifiedName(f)) errors.push(invalid(field, f, problem))
  }
  if (finalizers.includes(ORPHAN) && finalizers.includes(FOREGROUND)) {
    errors.push(invalid(field, finalizers, `finalizer ${ORPHAN} and ${FOREGROUND} cannot be both set`))
  }
  return errors
}

function validateManagedFields(entries: readonly ManagedFieldsEntry[]): FieldError[] {
  return entries.flatMap((entry, i) => {
    const field = `metadata.managedFields[${i}]`
    const errors: FieldError[] = []
    if (entry.operation !== 'Apply' && entry.operation !== 'Update') {
      errors.push(invalid(`${field}.operation`, entry.operation ?? '', 'must be `Apply` or `Update`'))
    }
    if (entry.fieldsType && entry.fieldsType !== 'FieldsV1') {
      errors.push(invalid(`${field}.fieldsType`, entry.fieldsType, 'must be `FieldsV1`'))
    }
    append(errors, validateManager(entry.manager ?? '', `${field}.manager`))
    if (Buffer.byteLength(entry.subresource ?? '') > MAX_SUBRESOURCE) {
      errors.push(tooLong(`${field}.subresource`, MAX_SUBRESOURCE))
    }
    return errors
  })
}

/** The name of a field manager, in managedFields or as the query parameter `fieldManager`. */
export function validateManager(manager: string, field: string): FieldError[] {
  const errors: FieldError[] = []
  if (Buffer.byteLength(manager) > MAX_MANAGER) errors.push(tooLong(field, MAX_MANAGER))
  // Letters, marks, numbers, punctuation, symbols, and of the spaces only ' ': Go's IsPrint.
  const bad = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u.exec(manager)
  if (bad) {
    const code = bad[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')
    const position = Buffer.byteLength(manager.slice(0, bad.index))
    errors.push(invalid(field, manager, `invalid character U+${code} (at position ${position})`))
  }
  return errors
}

/** What an update cannot change, and how the message shows it when it is missing. */
const IMMUTABLE = {
  name: '',
  namespace: '',
  uid: '',
  creationTimestamp: null,
  deletionTimestamp: null,
  deletionGracePeriodSeconds: null,
} as const

function validateUpdate(meta: ObjectMeta, old: ObjectMeta): FieldError[] {
  const errors: FieldError[] = []
  if (old.deletionTimestamp !== undefined) {
    const before = new Set(old.finalizers)
    const added = (meta.finalizers ?? []).filter((f) => !before.has(f)).toSorted()
    if (added.length > 0) {
      const list = `[]string{${added.map((f) => JSON.stringify(f)).join(', ')}}`
      errors.push(
        forbidden(
          'metadata.finalizers',
          `no new finalizers can be added if the object is being deleted, found new finalizers ${list}`,
        ),
      )
    }
  }
  if (!meta.resourceVersion) {
    errors.push(invalid('metadata.resourceVersion', meta.resourceVersion ?? '', 'must be specified for an update'))
  }
  if ((meta.generation ?? 0) < (old.generation ?? 0)) {
    errors.push(invalid('metadata.generation', meta.generation ?? 0, 'must not be decremented'))
  }
  for (const [key, missing] of Object.entries(IMMUTABLE) as [keyof typeof IMMUTABLE, string | null][]) {
    if (deepEqual(meta[key], old[key])) continue
    errors.push(invalid(`metadata.${key}`, meta[key] ?? missing, 'field is immutable'))
  }
  return errors
}
