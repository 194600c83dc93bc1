// The OpenAPI v2 document as a protocol buffer: the only form in which kubectl reads it (client-side validation and explain
// before 1.27, merge keys of apply before 1.30). Debian 12 ships such a kubectl.
// Messages and field numbers: https://github.com/google/gnostic/blob/main/openapiv2/OpenAPIv2.proto
import { each, type Encoder, entry, flag, type Fields, message, nested, REST, text, wrap } from './wire.ts'

/** Encodes a document of version 2, given as plain JSON. Keywords that Kubernetes' documents do not use are left out. */
export function encodeOpenApiV2(document: object): Uint8Array {
  return message(DOCUMENT, document as Record<string, unknown>)
}

/** Any JSON: gnostic carries it as YAML text, and JSON is YAML. */
const any = wrap(2, (value) => text(JSON.stringify(value)))
const texts = each(text)

/** A JSON object as a message whose field 1 is a list of its entries. */
const named = (value: Encoder): Encoder => nested(() => ({ [REST]: [1, entry(value)] }))

const schema: Encoder = nested(() => SCHEMA)
const SCHEMA: Fields = {
  $ref: [1, text],
  format: [2, text],
  title: [3, text],
  description: [4, text],
  default: [5, any],
  uniqueItems: [16, flag],
  required: [19, texts],
  enum: [20, each(any)],
  additionalProperties: [21, wrap(1, schema)],
  type: [22, wrap(1, text)],
  items: [23, wrap(1, schema)],
  allOf: [24, each(schema)],
  properties: [25, named(schema)],
  [REST]: [31, entry(any)],
}

const BODY: Fields = {
  description: [1, text],
  name: [2, text],
  in: [3, text],
  required: [4, flag],
  schema: [5, schema],
}

/** Query parameters may allow an empty value, which shifts the numbers behind it against those of path parameters. */
const plain = (shift: 0 | 1): Fields => ({
  required: [1, flag],
  in: [2, text],
  description: [3, text],
  name: [4, text],
  type: [5 + shift, text],
  format: [6 + shift, text],
  uniqueItems: [19 + shift, flag],
})

// A parameter or a reference → body or another → header, form, query or path.
const bodyParameter = wrap(
  1,
  wrap(
    1,
    nested(() => BODY),
  ),
)
const queryParameter = wrap(
  1,
  wrap(
    2,
    wrap(
      3,
      nested(() => plain(1)),
    ),
  ),
)
const pathParameter = wrap(
  1,
  wrap(
    2,
    wrap(
      4,
      nested(() => plain(0)),
    ),
  ),
)
const PARAMETERS: Readonly<Record<string, Encoder>> = {
  body: bodyParameter,
  query: queryParameter,
  path: pathParameter,
}

const parameter: Encoder = (value) => PARAMETERS[(value as { in: string }).in]?.(value) ?? []

const RESPONSE: Fields = { description: [1, text], schema: [2, wrap(1, schema)] }

const operation: Encoder = nested(() => ({
  description: [3, text],
  operationId: [5, text],
  produces: [6, texts],
  consumes: [7, texts],
  parameters: [8, each(parameter)],
  responses: [
    9,
    named(
      wrap(
        1,
        nested(() => RESPONSE),
      ),
    ),
  ],
  schemes: [10, texts],
  [REST]: [13, entry(any)],
}))

const path: Encoder = nested(() => ({
  get: [2, operation],
  put: [3, operation],
  post: [4, operation],
  delete: [5, operation],
  patch: [8, operation],
  parameters: [9, each(parameter)],
}))

const DOCUMENT: Fields = {
  swagger: [1, text],
  info: [2, nested(() => ({ title: [1, text], version: [2, text] }))],
  paths: [8, nested(() => ({ [REST]: [2, entry(path)] }))],
  definitions: [9, named(schema)],
}
