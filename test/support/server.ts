// What the end-to-end tests talk to: image streams, and a cluster around them, whichever that is.
import { join } from 'node:path'
import type { Command } from './commands.ts'
import type { Credentials } from './kubeconfig.ts'
import type { Answer, Endpoint } from './plainRequest.ts'
import { ROOT } from './sources.ts'

/** The command line program, as a user runs it. */
export const MILLRACE = join(ROOT, 'bin/millrace')

/** A server of image streams that runs, seen by an administrator. */
export interface Server {
  /** A directory for the test; home of its programs. */
  readonly directory: string
  readonly kubeconfig: string
  /** The administrator's certificate. */
  readonly admin: Credentials
  /** Where clients go: in a cluster that is its kube-apiserver. */
  readonly url: string
  /** Where our own program listens. */
  readonly own: Endpoint
  /** Where our own program keeps what is only for itself. */
  readonly dataDirectory: string
  /** The command line that starts another of the kind on a port and a data directory. */
  startLine(port: number, dataDirectory: string): string[]
  readonly kubectl: Command
  readonly millrace: Command
  /** Everything that our program has printed. */
  output(): string
  /** A bare request with the administrator's certificate. Objects go as JSON, bytes as they are. */
  call(method: string, path: string, body?: string | object | Buffer, headers?: Record<string, string>): Promise<Answer>
  /** The same to our own program, with the given credentials: in a cluster it passes the kube-apiserver by. */
  callOwn(credentials: Credentials, method: string, path: string): Promise<Answer>
  /** A token of an administrator. */
  token(): Promise<string>
  /**
   * Ends our program (SIGKILL: in the middle of whatever it does) and starts it again on the same port and data. The exit code of
   * the old one, -1 when the signal ended it.
   */
  restart(signal?: NodeJS.Signals): Promise<number>
  stop(): Promise<unknown>
}

/** Flags that let a server for a cluster import from registries of this machine: those of tests are all on loopback. */
export const ALLOW_LOOPBACK = ['--allow-registry-address=127.0.0.0/8', '--allow-registry-address=::1']
