import type { Command } from 'commander'
import type { ProgramContext } from '../context.ts'
import { CommandError } from '../failure.ts'

interface Options {
  port?: string
  dataDir?: string
  logLevel?: string
}

export function addStandalone(program: Command, context: ProgramContext): void {
  program
    .command('standalone')
    .summary('run a Kubernetes API with image streams in this process')
    .description('Runs Millrace with a small stand-in cluster in one process, until it is interrupted.')
    .option('--port <number>', 'port on 127.0.0.1; 0 takes any free one (default: 8443)')
    .option('--data-dir <directory>', 'where state and kubeconfig live (default: .millrace)')
    .option('--log-level <level>', 'debug, info, warn or error (default: info)')
    .action(async (options: Options) => {
      const port = options.port === undefined ? undefined : portOf(options.port)
      const level = options.logLevel === undefined ? undefined : levelOf(options.logLevel)
      const { runStandalone } = await import('../../app/run.ts')
      context.exitCode = await runStandalone({
        ...(port !== undefined && { port }),
        ...(options.dataDir !== undefined && { dataDir: options.dataDir }),
        ...(level !== undefined && { logLevel: level }),
      })
    })
}

function portOf(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : -1
  if (port < 0 || port > 65_535) throw new CommandError(`--port must be a number from 0 to 65535, not "${text}"`)
  return port
}

function levelOf(text: string): string {
  if (['debug', 'info', 'warn', 'error'].includes(text)) return text
  throw new CommandError(`--log-level must be debug, info, warn or error, not "${text}"`)
}
