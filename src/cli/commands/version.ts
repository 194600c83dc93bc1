import type { Command } from 'commander'
import type { ProgramContext } from '../context.ts'
import { VERSION } from '../../app/version.ts'

export function addVersion(program: Command, context: ProgramContext): void {
  program
    .command('version')
    .summary('print the version')
    .description('Prints the version of Millrace and of the Node that runs it.')
    .action(() => context.terminal.out(`millrace ${VERSION} (node ${process.version})\n`))
}
