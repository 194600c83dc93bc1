// Command line programs as functions: `run` expects success and gives stdout, `fail` expects a failure, `try` expects nothing.
import assert from 'node:assert/strict'
import { execute, launch, type Launch, type Outcome, type Running } from './processes.ts'

export interface Command {
  /** Runs with the arguments, which must succeed, and gives what it printed. */
  run(...args: string[]): Promise<string>
  /** Runs with the arguments, which must fail, and gives the outcome. */
  fail(...args: string[]): Promise<Outcome>
  try(...args: string[]): Promise<Outcome>
  /** Starts it and lets it run: `get -w`. */
  start(...args: string[]): Running
  /** The same command with something on stdin. */
  with(input: string): Command
  /** The same command with further environment variables. */
  under(env: Readonly<Record<string, string>>): Command
}

/** A program in an environment; `prefix` are arguments that come before all others. */
export function command(program: string, options: Launch = {}, prefix: readonly string[] = []): Command {
  const attempt = (...args: string[]) => execute(program, [...prefix, ...args], options)
  const show = (args: string[], o: Outcome) =>
    `${program} ${args.join(' ')} ended with ${o.code}\n${o.stdout}${o.stderr}`
  return {
    try: attempt,
    async run(...args) {
      const outcome = await attempt(...args)
      assert.equal(outcome.code, 0, show(args, outcome))
      return outcome.stdout
    },
    async fail(...args) {
      const outcome = await attempt(...args)
      assert.notEqual(outcome.code, 0, show(args, outcome))
      return outcome
    },
    start: (...args) => launch(program, [...prefix, ...args], options),
    with: (input) => command(program, { ...options, input }, prefix),
    under: (env) => command(program, { ...options, env: { ...(options.env ?? process.env), ...env } }, prefix),
  }
}
