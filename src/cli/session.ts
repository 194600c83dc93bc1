// What a command gets to work with: the API, a namespace, the terminal, the clock.
import type { ObjectClient } from '../core/machinery/client.ts'

/** Where a program's text goes. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
  /** Somebody sees at once what goes to `err`, so that progress is shown there. Default: nobody. */
  readonly interactive?: boolean
  /**
   * Aborts when the user interrupts the program. From the call on that does not end it; what comes of it is the command's to say.
   * The second time ends it. Default: never aborts.
   */
  interrupted?(): AbortSignal
}

/** What every command gets. */
export interface Session extends Terminal {
  client: ObjectClient
  /** Of the flag, else of the context, else "default". */
  namespace: string
  /** -A. */
  allNamespaces: boolean
  /** -o as typed. */
  output: string | undefined
  now(): Date
  /** Reads paths that are not objects, such as discovery; `accept` names the wanted form. */
  raw(path: string, accept?: string): Promise<unknown>
  close(): Promise<void>
}
