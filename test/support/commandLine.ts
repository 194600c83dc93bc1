// The CLI against an API that only exists in the test: what it sends, prints and returns.
import type { ObjectClient } from '../../src/core/machinery/client.ts'
import { ApiError, unknownPath } from '../../src/core/machinery/status.ts'
import { runProgram } from '../../src/cli/program.ts'
import type { Terminal } from '../../src/cli/session.ts'
import { pathOf } from '../../src/kube/path.ts'

/** A call as "VERB path", with what it carried. */
export interface Call {
  line: string
  body?: unknown
  options?: unknown
}

/** Answers by "VERB path"; an ApiError is thrown, a function is called each time, with the body. */
export type Answers = Readonly<Record<string, unknown>>

export interface Outcome {
  code: number
  out: string
  err: string
  calls: Call[]
}

/** Runs a command line against fixed answers. Calls without an answer get 404. */
export async function runCommand(
  args: readonly string[],
  answers: Answers = {},
  env: Readonly<Record<string, string>> = {},
  more: Pick<Terminal, 'interactive' | 'interrupted'> = {},
): Promise<Outcome> {
  const outcome: Outcome = { code: 0, out: '', err: '', calls: [] }
  const terminal = {
    out: (text: string) => void (outcome.out += text),
    err: (text: string) => void (outcome.err += text),
    ...more,
  }
  const answer = (line: string, rest: Omit<Call, 'line'>): Promise<never> => {
    outcome.calls.push({ line, ...rest })
    const given = answers[line]
    const value: unknown = typeof given === 'function' ? (given as (body?: unknown) => unknown)(rest.body) : given
    return value === undefined || value instanceof ApiError
      ? Promise.reject(value ?? unknownPath())
      : Promise.resolve(value as never)
  }
  outcome.code = await runProgram(args, 'millrace', {
    terminal,
    env,
    exitCode: 0,
    connect: (options) => ({
      ...terminal,
      client: fakeClient(answer),
      namespace: options.namespace ?? 'demo',
      allNamespaces: options.allNamespaces ?? false,
      output: options.output,
      now: () => new Date('2026-01-01T00:00:00Z'),
      raw: (path) => answer(`GET ${path}`, {}),
      close: () => Promise.resolve(),
    }),
  })
  return outcome
}

function fakeClient(answer: (line: string, rest: Omit<Call, 'line'>) => Promise<never>): ObjectClient {
  const some = (options: object | undefined) => options && { options }
  return {
    get: (target) => answer(`GET ${pathOf(target)}`, {}),
    list: (target, options) => answer(`LIST ${pathOf(target)}`, { ...some(options) }),
    watch: () => {
      throw new Error('no command watches')
    },
    create: ({ resource, namespace }, body, options) =>
      answer(`POST ${pathOf({ resource, namespace })}`, { body, ...some(options) }),
    update: (target, body, options) => answer(`PUT ${pathOf(target)}`, { body, ...some(options) }),
    patch: (target, type, body, options) => answer(`PATCH ${type} ${pathOf(target)}`, { body, ...some(options) }),
    delete: (target, options) => answer(`DELETE ${pathOf(target)}`, { ...some(options) }),
  }
}
