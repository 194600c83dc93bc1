// How patches are refused: 400 for what is no patch at all, 422 for one that does not fit the object.
import { checkDepth, DecodeError, wrongType } from '../decode/error.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { ApiError, badRequest } from '../status.ts'

/** 422: the patch is well formed, but cannot be applied to this object. */
export function unprocessable(message: string): ApiError {
  return new ApiError(422, 'Invalid', message, {})
}

/** 413: the patch asks for more than any honest one does. */
export function tooMuch(message: string): ApiError {
  return new ApiError(413, 'RequestEntityTooLarge', message, {})
}

/** Refuses a patch that is nested too deeply to recurse over. */
export function checkPatchDepth(patch: unknown): void {
  try {
    checkDepth(patch)
  } catch (error) {
    throw error instanceof DecodeError ? badRequest(`error decoding patch: ${error.message}`) : error
  }
}

/** The patch as an object, which merge patches have to be. */
export function patchObject(patch: unknown): JsonObject {
  if (!isObject(patch)) {
    throw badRequest(`error decoding patch: ${wrongType(patch, undefined, 'map[string]interface {}').message}`)
  }
  checkPatchDepth(patch)
  return patch
}
