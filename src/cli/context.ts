// How commands get hold of what they need, without loading it before they run.
import type { Command } from 'commander'
import type { Environment } from './connect.ts'
import type { GlobalOptions } from './options.ts'
import type { Session, Terminal } from './session.ts'

/** What the program runs in. */
export interface ProgramContext {
  terminal: Terminal
  env: Environment
  /** Opens a session; tests put a fake API here. */
  connect(options: GlobalOptions): Session | Promise<Session>
  /** Set by commands that decide about the exit code themselves. */
  exitCode: number
}

/** Runs `work` in a session that is closed afterwards. */
export async function withSession(
  context: ProgramContext,
  command: Command,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await context.connect(command.optsWithGlobals<GlobalOptions>())
  try {
    await work(session)
  } finally {
    await session.close()
  }
}
