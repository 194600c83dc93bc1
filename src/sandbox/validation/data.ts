// What users get wrong in ConfigMaps and Secrets, in Kubernetes' words.
import { deepEqual } from '../../core/machinery/json/equal.ts'
import { forbidden, invalid, MAX_TOLD, required, tooLong, type FieldError } from '../../core/machinery/fieldError.ts'
import { configKey } from '../../core/machinery/meta/names.ts'
import type { ConfigMap, Secret } from '../types/core.ts'

/** Bytes of all values together: 1 MiB. */
const MAX_DATA = 1024 * 1024
const REDACTED = '<secret contents redacted>'

function keysOf(data: Readonly<Record<string, string>> | undefined, field: string): FieldError[] {
  const errors: FieldError[] = []
  for (const key of Object.keys(data ?? {})) {
    if (errors.length > MAX_TOLD) break
    for (const problem of configKey(key)) errors.push(invalid(`${field}[${key}]`, key, problem))
  }
  return errors
}

const sizeOf = (data: Readonly<Record<string, string>> | undefined, encoding: BufferEncoding): number =>
  Object.values(data ?? {}).reduce((sum, value) => sum + Buffer.byteLength(value, encoding), 0)

/** Immutable data stays, and stays immutable. */
function unchanged<T extends { immutable?: boolean }>(
  object: T,
  old: T | undefined,
  ...names: (keyof T & string)[]
): FieldError[] {
  if (!old?.immutable) return []
  const rule = 'field is immutable when `immutable` is set'
  const errors = object.immutable ? [] : [forbidden('immutable', rule)]
  for (const name of names) if (!deepEqual(object[name], old[name])) errors.push(forbidden(name, rule))
  return errors
}

export function validateConfigMap(object: ConfigMap, old?: ConfigMap): FieldError[] {
  const errors = [...keysOf(object.data, 'data'), ...keysOf(object.binaryData, 'binaryData')]
  for (const key of Object.keys(object.binaryData ?? {})) {
    if (object.data && Object.hasOwn(object.data, key))
      errors.push(invalid(`data[${key}]`, key, `duplicate of key present in binaryData`))
  }
  if (sizeOf(object.data, 'utf8') + sizeOf(object.binaryData, 'base64') > MAX_DATA) errors.push(tooLong('', MAX_DATA))
  return [...errors, ...unchanged(object, old, 'data', 'binaryData')]
}

/** Keys that a type of Secret must have. */
const NEEDED: ReadonlyMap<string, readonly string[]> = new Map([
  ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
  ['kubernetes.io/dockercfg', ['.dockercfg']],
  ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
])
const JSON_KEYS = ['.dockerconfigjson', '.dockercfg']

export function validateSecret(object: Secret, old?: Secret): FieldError[] {
  const errors = keysOf(object.data, 'data')
  if (sizeOf(object.data, 'base64') > MAX_DATA) errors.push(tooLong('data', MAX_DATA))
  for (const key of NEEDED.get(object.type ?? '') ?? []) {
    const value = object.data?.[key]
    if (value === undefined) errors.push(required(`data[${key}]`))
    else if (JSON_KEYS.includes(key) && !isJsonObject(value)) {
      errors.push(invalid(`data[${key}]`, REDACTED, 'invalid character in JSON'))
    }
  }
  if (object.type === 'kubernetes.io/basic-auth' && !object.data?.['username'] && !object.data?.['password']) {
    errors.push(required('data[username]'), required('data[password]'))
  }
  if (object.type === 'kubernetes.io/service-account-token') {
    const account = object.metadata.annotations?.['kubernetes.io/service-account.name']
    if (!account) errors.push(required('metadata.annotations[kubernetes.io/service-account.name]'))
  }
  if (old && old.type !== object.type) errors.push(invalid('type', object.type, 'field is immutable'))
  return [...errors, ...unchanged(object, old, 'data')]
}

function isJsonObject(base64: string): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'))
    return typeof value === 'object' && value !== null
  } catch {
    return false
  }
}
