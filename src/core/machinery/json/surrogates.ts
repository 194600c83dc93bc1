/** An escape sequence of JSON: a pair of surrogates, one alone, or any other (so that `\\ud800` is a backslash and letters). */
const ESCAPE = /\\(?:(u[dD][89abAB][\da-fA-F]{2}\\u[dD][c-fC-F][\da-fA-F]{2})|(u[dD][89a-fA-F][\da-fA-F]{2})|[^])/g

/**
 * JSON without halves of characters (`"\ud800"`): they become U+FFFD, as for every reader in Go. In no URL and in no file could
 * they be written.
 */
export function withoutSurrogates(text: string): string {
  if (!/\\u[dD][89a-fA-F]/.test(text)) return text
  return text.replace(ESCAPE, (sequence, _pair, alone: string | undefined) => (alone ? '\\ufffd' : sequence))
}
