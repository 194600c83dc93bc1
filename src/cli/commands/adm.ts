import type { Command } from 'commander'
import type { ProgramContext } from '../context.ts'
import { addPrune } from './prune.ts'
import { addTop } from './top.ts'

export function addAdm(program: Command, context: ProgramContext): void {
  const adm = program.command('adm').summary('commands for administrators').description('Commands for administrators.')
  addTop(adm, context)
  addPrune(adm, context)
}
