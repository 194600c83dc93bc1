/** What keeps an installation from being made, used or removed; the message says what to do. */
export class InstallError extends Error {
  override name = 'InstallError'
}

/** Says all that is in the way, a line each. */
export function refusal(what: string, obstacles: readonly string[]): InstallError {
  const text = obstacles.length === 1 ? ` ${obstacles[0]!}` : obstacles.map((each) => `\n  - ${each}`).join('')
  return new InstallError(`${what}:${text}`)
}
