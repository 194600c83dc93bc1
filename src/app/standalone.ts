// Standalone: the whole of Millrace in one process, for a laptop or a CI job. This file wires; nothing else does.
import type { Log } from '../core/machinery/log.ts'

export interface StandaloneOptions {
  /** Loopback port. 0 takes any free one. Default 8443. */
  port?: number
  /** Where state, certificates, token and kubeconfig live; made when missing. Default '.millrace'. */
  dataDir?: string
  log: Log
}

export interface Standalone {
  /** https://127.0.0.1:PORT */
  readonly url: string
  readonly port: number
  /** Absolute path of the kubeconfig that gives full access. */
  readonly kubeconfig: string
  close(): Promise<void>
}

/** Default port of standalone. */
export const DEFAULT_PORT = 8443
/** Default data directory of standalone, relative to the working directory. */
export const DEFAULT_DATA_DIR = '.millrace'

/** Starts the server and resolves when it answers. Rejects with StartupError where the user can do something about it. */
export async function startStandalone(options: StandaloneOptions): Promise<Standalone> {
  options.log.error({}, 'standalone is not wired yet')
  throw new Error('standalone is not wired yet')
}
