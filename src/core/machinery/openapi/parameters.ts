// Query and path parameters of the operations. kubectl looks them up: `fieldValidation` on PATCH tells it that the server
// validates, `dryRun` that it can try.

type Json = Record<string, unknown>

interface Parameter {
  name: string
  in: 'query' | 'path'
  type: 'string' | 'integer' | 'boolean'
  description: string
}

const query = (name: string, type: Parameter['type'], description: string): Parameter => ({
  name,
  in: 'query',
  type,
  description,
})

const PRETTY = query('pretty', 'string', 'Accepted for compatibility; output is always compact.')
const DRY_RUN = query('dryRun', 'string', 'All: do everything but store the result.')
const MANAGER = query('fieldManager', 'string', 'Name under which changes of fields are recorded.')
const VALIDATION = query(
  'fieldValidation',
  'string',
  'What to do with unknown or duplicate fields: Ignore, Warn or Strict.',
)

const LIST: readonly Parameter[] = [
  query('allowWatchBookmarks', 'boolean', 'Sends BOOKMARK events on watches.'),
  query('continue', 'string', 'Token of the next page, from the answer before.'),
  query('fieldSelector', 'string', 'Selects by fields, such as metadata.name=x.'),
  query('labelSelector', 'string', 'Selects by labels.'),
  query('limit', 'integer', 'At most this many items in one answer.'),
  query('resourceVersion', 'string', 'The version to read at or after.'),
  query('resourceVersionMatch', 'string', 'How resourceVersion is meant: Exact or NotOlderThan.'),
  query('sendInitialEvents', 'boolean', 'Begins a watch with the current state and a bookmark behind it.'),
  query('timeoutSeconds', 'integer', 'Ends the call after this time.'),
  query('watch', 'boolean', 'Streams changes instead of listing.'),
]

const DELETE: readonly Parameter[] = [
  DRY_RUN,
  query('gracePeriodSeconds', 'integer', 'Seconds until the object goes; 0 is at once.'),
  query('propagationPolicy', 'string', 'What becomes of dependents: Orphan, Background or Foreground.'),
]

const BY_VERB: Readonly<Record<string, readonly Parameter[]>> = {
  get: [PRETTY],
  list: [PRETTY, ...LIST],
  post: [PRETTY, DRY_RUN, MANAGER, VALIDATION],
  put: [PRETTY, DRY_RUN, MANAGER, VALIDATION],
  patch: [
    PRETTY,
    DRY_RUN,
    MANAGER,
    VALIDATION,
    query('force', 'boolean', 'Apply takes fields over from other managers.'),
  ],
  delete: [PRETTY, ...DELETE],
  deletecollection: [PRETTY, ...LIST, ...DELETE],
}

/** Parameters of an operation, in the form of an OpenAPI version. */
export function parametersOf(operation: string, version: 'v2' | 'v3'): Json[] {
  return (BY_VERB[operation] ?? []).map((p) => write(p, version))
}

/** The `{namespace}` and `{name}` of a path. */
export function pathParameters(path: string, version: 'v2' | 'v3'): Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) =>
    write({ name: name!, in: 'path', type: 'string', description: `The ${name} of the object.` }, version),
  )
}

function write(p: Parameter, version: 'v2' | 'v3'): Json {
  const { type, ...rest } = p
  const shape = version === 'v2' ? { type, uniqueItems: true } : { schema: { type, uniqueItems: true } }
  return { ...rest, ...(p.in === 'path' && { required: true }), ...shape }
}
