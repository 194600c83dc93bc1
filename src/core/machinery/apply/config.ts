// Checks of the configuration that a client applies: it has to fit the schema exactly, and name its list items.
import { DecodeError } from '../decode/error.ts'
import { decode } from '../decode/decode.ts'
import type { TSchema } from '../schema.ts'
import { badRequest } from '../status.ts'
import { isObject, type JsonObject } from '../json/jsonObject.ts'
import { formatPath, type Element } from './element.ts'
import { groupItems, itemElement, memberOf, missingKey, shapeOf, type Node } from './shape.ts'

/** The configuration, checked. Error: BadRequest. */
export function checkConfig(schema: TSchema, config: unknown, apiVersion: string): JsonObject {
  if (!isObject(config)) throw badRequest('error decoding YAML: the configuration to apply must be an object')
  if (config.apiVersion !== apiVersion) {
    const given = typeof config.apiVersion === 'string' ? config.apiVersion : ''
    throw badRequest(
      `Incorrect version specified in apply patch. Specified patch version: ${given}, expected: ${apiVersion}`,
    )
  }
  if (
    isObject(config.metadata) &&
    config.metadata.managedFields !== undefined &&
    config.metadata.managedFields !== null
  ) {
    throw badRequest('metadata.managedFields must be nil')
  }
  const problem = typeProblem(schema, config) ?? listProblem(schema, config, [])
  if (problem) throw badRequest(`failed to create typed patch object: ${problem}`)
  return config
}

function typeProblem(schema: TSchema, config: unknown): string | undefined {
  try {
    const { unknown } = decode(schema, config)
    return unknown.length > 0 ? `.${unknown[0]}: field not declared in schema` : undefined
  } catch (error) {
    if (error instanceof DecodeError) return error.message
    throw error
  }
}

/** Associative lists need every key, and each once. */
function listProblem(node: Node | undefined, value: unknown, path: Element[]): string | undefined {
  const shape = shapeOf(node)
  if (shape === 'object' && isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      const problem = listProblem(memberOf(node, name).node, member, [...path, `f:${name}`])
      if (problem) return problem
    }
  }
  if ((shape !== 'keyed' && shape !== 'set') || !Array.isArray(value)) return undefined
  for (const [i, item] of value.entries()) {
    if (itemElement(node!, item) === undefined) {
      const key = missingKey(node!, item)
      return `${formatPath(path)}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(key)} (and doesn't have default value)`
    }
  }
  for (const [element, items] of groupItems(node!, value)) {
    if (items.length > 1) return `${formatPath(path)}: duplicate entries for key ${formatPath([element])}`
    const problem = shape === 'keyed' ? listProblem(node!.items, items[0], [...path, element]) : undefined
    if (problem) return problem
  }
  return undefined
}
