// The command line in this process, against a real server: the same as bin/millrace, without a start of Node for each command line.
import { connect } from '../../src/cli/connect.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Command } from './commands.ts'
import type { Server } from './server.ts'

/** Runs command lines with the kubeconfig of a server. */
export function resident({ kubeconfig, directory }: Server): Pick<Command, 'try'> {
  const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: directory }
  return {
    async try(...args) {
      const outcome = { code: 0, stdout: '', stderr: '' }
      const terminal = {
        out: (text: string) => void (outcome.stdout += text),
        err: (text: string) => void (outcome.stderr += text),
      }
      const context = { terminal, env, exitCode: 0, connect: (options: object) => connect(options, terminal, env) }
      outcome.code = await runProgram(args, 'millrace', context)
      return outcome
    },
  }
}
