// JSON merge patch. https://www.rfc-editor.org/rfc/rfc7386
import { clone, setOwn } from '../json/clone.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { patchObject } from './refuse.ts'

/** The object with a merge patch applied; neither argument changes. Error: BadRequest when the patch is no object. */
export function applyMergePatch(object: unknown, patch: unknown): unknown {
  return merge(object, patchObject(patch))
}

function merge(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return clone(patch)
  const result: JsonObject = {}
  const source = isObject(target) ? target : {}
  for (const key of Object.keys(source)) {
    if (!Object.hasOwn(patch, key)) setOwn(result, key, clone(source[key]))
    else if (patch[key] !== null) setOwn(result, key, merge(source[key], patch[key]))
  }
  for (const key of Object.keys(patch)) {
    if (!Object.hasOwn(source, key) && patch[key] !== null) setOwn(result, key, merge(undefined, patch[key]))
  }
  return result
}
