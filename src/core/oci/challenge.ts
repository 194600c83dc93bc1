// WWW-Authenticate: what a registry wants to see. https://www.rfc-editor.org/rfc/rfc9110#section-11.6.1

export interface Challenge {
  /** Lower case: 'basic', 'bearer', … */
  scheme: string
  /** Names in lower case. */
  parameters: Readonly<Record<string, string>>
}

const TOKEN = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const TOKEN68 = /[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/y
const SPACE = /[ \t]*/y
const SEPARATORS = /[ \t,]*/y
const EQUALS = /[ \t]*=[ \t]*/y
const QUOTED = /"((?:[^"\\]|\\.)*)"/y

/**
 * Parses header values, each of which may hold several challenges. A scheme is a word that is not followed by `=`; what
 * cannot be understood ends the header, keeping what was read before it.
 */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap(parseHeader)
}

function parseHeader(text: string): Challenge[] {
  const challenges: Challenge[] = []
  let at = 0
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  let parameters: Record<string, string> | undefined
  while ((take(SEPARATORS), at < text.length)) {
    const word = take(TOKEN)?.[0]
    if (word === undefined) return challenges
    if (take(EQUALS)) {
      const value = take(QUOTED)?.[1]?.replace(/\\(.)/g, '$1') ?? take(TOKEN)?.[0]
      if (value === undefined || !parameters) return challenges
      parameters[word.toLowerCase()] ??= value
    } else {
      parameters = Object.create(null) as Record<string, string>
      challenges.push({ scheme: word.toLowerCase(), parameters })
      take(SPACE)
      // A single blob in place of parameters, as Negotiate has it: of no use here.
      take(TOKEN68)
    }
  }
  return challenges
}
