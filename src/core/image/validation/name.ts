// Names of streams and of path segments.

/** Problems of a name that becomes one segment of a URL. */
export function pathSegmentProblems(name: string, prefix = false): string[] {
  if (!prefix && (name === '.' || name === '..')) return [`may not be '${name}'`]
  return ['/', '%'].filter((c) => name.includes(c)).map((c) => `may not contain '${c}'`)
}

const PATTERN = '[a-z0-9]+(?:[._-][a-z0-9]+)*'
// One optional separator before every further run: linear, although the text above (which users see) is what it means.
const STREAM_NAME = new RegExp(`^${PATTERN}$`)

/** `namespace/name` becomes the path of a repository. */
const MAX_PATH = 255

/** Why no stream of this namespace can have this name, which is one: both together are too long. */
export const streamPathProblem = (namespace: string, name: string): string | undefined =>
  `${namespace}/${name}`.length > MAX_PATH ? `'namespace/name' cannot be longer than ${MAX_PATH} characters` : undefined

/** Problems of a stream's name. Unlike in pull specs, separators must not be doubled. */
export function streamNameProblems(name: string, prefix = false): string[] {
  const problems = pathSegmentProblems(name, prefix)
  if (problems.length > 0) return problems
  return STREAM_NAME.test(name) ? [] : [`must match ${JSON.stringify(PATTERN)}`]
}
