// How malformed documents of a registry are reported.

/** `unsupported`: well-formed, but of a kind that is not understood. */
export type ManifestProblem = 'malformed' | 'unsupported'

/** A manifest or configuration that cannot be used. The message quotes at most one character of it. */
export class ManifestError extends Error {
  override name = 'ManifestError'
  readonly problem: ManifestProblem
  constructor(problem: ManifestProblem, message: string) {
    super(message)
    this.problem = problem
  }
}

/** Why a text is no JSON, for the commonest causes, in the words of Go's decoder. */
export function invalidCharacter(text: string): string {
  const first = /\S/u.exec(text)?.[0]
  if (first === undefined) return 'unexpected end of JSON input'
  if (/[[{"\dtfn-]/.test(first)) return 'malformed JSON'
  return `invalid character '${first}' looking for beginning of value`
}
