// What a command gets to work with: the API, a namespace, the terminal, the clock.
import type { ObjectClient } from '../core/machinery/client.ts'

/** Where a program's text goes. */
export interface Terminal {
  out(text: string): void
  err(text: string): void
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
