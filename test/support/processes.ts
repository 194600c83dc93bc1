// Programs that tests run: to the end (`execute`), or for as long as the test needs them (`launch`).
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from './eventually.ts'
import { exitWhenInterrupted } from './interruption.ts'

export interface Outcome {
  stdout: string
  stderr: string
  /** Exit code; -1 when a signal ended it. */
  code: number
}

export interface Launch {
  env?: NodeJS.ProcessEnv
  cwd?: string
  /** Written to stdin, which is then closed. */
  input?: string
  /** Milliseconds after which the program is killed. Default 60,000; of `launch` none. */
  timeout?: number
}

/** A program that runs. Its output is kept. */
export interface Running {
  readonly pid: number
  stdout(): string
  stderr(): string
  /** Resolves with the exit code, -1 when a signal ended it. */
  readonly exited: Promise<number>
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<number>
  /** Waits until stdout matches. Rejects, with all output, when the program ends first. */
  printed(pattern: RegExp, timeout?: number): Promise<RegExpMatchArray>
}

const children = new Set<ChildProcess>()
const directories = new Set<string>()

// Nothing survives the test process, however it ends (but by SIGKILL).
exitWhenInterrupted()
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
  for (const directory of directories) rmSync(directory, { recursive: true, force: true })
})

/** A directory that is removed when the process ends. */
export function temporaryDirectory(name = 'test'): string {
  const directory = mkdtempSync(join(tmpdir(), `millrace-${name}-`))
  directories.add(directory)
  return directory
}

/** Starts a program that is to keep running. */
export function launch(program: string, args: readonly string[], options: Launch = {}): Running {
  const child = spawn(program, args, {
    env: options.env ?? process.env,
    cwd: options.cwd,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  children.add(child)
  const output = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text))
  child.stdin.on('error', () => {}).end(options.input)
  let code: number | undefined
  const exited = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve((code = status ?? -1)))
  })
  exited.catch(() => {}).finally(() => children.delete(child))
  const kill = (signal: NodeJS.Signals) => code === undefined && child.kill(signal)
  if (options.timeout) AbortSignal.timeout(options.timeout).addEventListener('abort', () => kill('SIGKILL'))
  return {
    pid: child.pid ?? -1,
    stdout: () => output.stdout,
    stderr: () => output.stderr,
    exited,
    stop: (signal = 'SIGTERM') => {
      kill(signal)
      return exited
    },
    printed: async (pattern, timeout = 15_000) => {
      const found = await eventually(
        () => {
          const match = output.stdout.match(pattern)
          if (!match && code === undefined) throw new Error(`${program} has not printed ${pattern}: ${output.stdout}`)
          return match
        },
        { timeout },
      )
      if (!found) throw new Error(`${program} ended with ${code}:\n${output.stdout}${output.stderr}`)
      return found
    },
  }
}

/** Runs a program to its end, whatever its exit code. */
export async function execute(program: string, args: readonly string[], options: Launch = {}): Promise<Outcome> {
  // What ends soon need not collect its garbage: that is a third of the processor time of a kubectl or an oc.
  const env = { GOGC: 'off', ...(options.env ?? process.env) }
  const running = launch(program, args, { timeout: 60_000, ...options, env })
  const code = await running.exited
  return { stdout: running.stdout(), stderr: running.stderr(), code }
}
