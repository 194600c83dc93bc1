/** What keeps a server from starting and the user can change; the message is one line that says what to do. */
export class StartupError extends Error {
  override name = 'StartupError'
}
