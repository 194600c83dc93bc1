// Entry point of bin/millrace.
import { writeSync } from 'node:fs'
import process from 'node:process'
import { isatty } from 'node:tty'

import { runProgram } from './program.ts'

/** Synchronous: pipes get everything although the process ends right after. */
function write(descriptor: number, text: string): void {
  const data = Buffer.from(text)
  for (let at = 0; at < data.length;) {
    try {
      at += writeSync(descriptor, data, at)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      // The reader has seen enough (`| head`).
      if (code === 'EPIPE') process.exit(0)
      if (code !== 'EAGAIN') throw error
    }
  }
}

const invoked = process.env['MILLRACE_INVOKED_AS'] ?? 'millrace'
const name = invoked.startsWith('kubectl-') ? invoked.replace('-', ' ') : 'millrace'
const terminal = {
  out: (text: string) => write(1, text),
  err: (text: string) => write(2, text),
  interactive: isatty(2),
  interrupted() {
    const controller = new AbortController()
    process.once('SIGINT', () => controller.abort())
    return controller.signal
  },
}

process.exitCode = await runProgram(process.argv.slice(2), name, {
  terminal,
  env: process.env,
  exitCode: 0,
  async connect(options) {
    const { connect } = await import('./connect.ts')
    return connect(options, terminal, process.env)
  },
})
