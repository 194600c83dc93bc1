// What `npm test` prints: a line per file, failures with all their details, what did not run and why, where the time went when there
// are many files, and at the very end the counts in the words of Node's own reporters.
import { inspect } from 'node:util'
import { relative } from 'node:path'
import type { TestEvent } from 'node:test/reporters'

interface FileState {
  passed: number
  failed: number
  skipped: number
  output: string
  /** Names of the suites that are open, by nesting. */
  path: string[]
}

/** What is left to say when all files are through. */
interface Findings {
  failures: string[]
  notRun: NotRun[]
  times: Time[]
}

interface NotRun {
  file: string
  title: string
  reason: string
}

interface Time {
  file: string
  seconds: number
}

/** How many of the slowest files are named; fewer files are seen at a glance. */
const SLOWEST = 10

/** Turns the events of node:test, of one run or of several one after the other, into text; paths are shown relative to `root`. */
export function report(root: string) {
  return async function* (source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
    const files = new Map<string, FileState>()
    const findings: Findings = { failures: [], notRun: [], times: [] }
    /** Of all runs. */
    const counts = new Map<string, number>()
    const stateOf = (file: string): FileState => {
      const state = files.get(file) ?? { passed: 0, failed: 0, skipped: 0, output: '', path: [] }
      files.set(file, state)
      return state
    }
    for await (const event of source) {
      const file = fileOf(event)
      if (event.type === 'test:diagnostic' && file === undefined) {
        const [, name, count] = /^(\w+) ([\d.]+)$/.exec(event.data.message) ?? []
        if (name) counts.set(name, (counts.get(name) ?? 0) + Number(count))
        else yield `ℹ ${event.data.message}\n`
      } else if (file !== undefined) {
        const line = handle(event, stateOf(file), relative(root, file), findings)
        if (line) yield line
      }
    }
    if (findings.failures.length > 0) yield `\nFailed:\n\n${findings.failures.join('\n')}\n`
    if (findings.notRun.length > 0) yield `\nNot run:\n${notRun(findings.notRun)}`
    if (findings.times.length > SLOWEST) yield `\nSlowest:\n${slowest(findings.times)}`
    yield `\n${[...counts].map(([name, count]) => `ℹ ${name} ${count}\n`).join('')}`
  }
}

/** The file that ran a test: contract suites are declared in one file and run by another, which newer Nodes tell. */
function fileOf({ data }: TestEvent): string | undefined {
  if (!data || !('file' in data)) return undefined
  return 'entryFile' in data && typeof data.entryFile === 'string' ? data.entryFile : data.file
}

function handle(event: TestEvent, state: FileState, file: string, findings: Findings): string | undefined {
  switch (event.type) {
    case 'test:stdout':
    case 'test:stderr':
      state.output += event.data.message
      return undefined
    case 'test:start':
      state.path.length = event.data.nesting
      state.path.push(event.data.name)
      return undefined
    case 'test:pass': {
      if (event.data.skip !== undefined || event.data.todo !== undefined) {
        state.skipped++
        const reason = event.data.skip ?? event.data.todo
        findings.notRun.push({
          file,
          title: title(event, state, file),
          reason: typeof reason === 'string' ? reason : 'no reason given',
        })
      } else if (event.data.details.type !== 'suite') state.passed++
      return undefined
    }
    case 'test:fail':
      return failed(event, state, file, findings)
    case 'test:summary': {
      const parts = [`${state.passed} passed`]
      if (state.failed > 0) parts.push(`${state.failed} failed`)
      if (state.skipped > 0) parts.push(`${state.skipped} not run`)
      const seconds = event.data.duration_ms / 1000
      findings.times.push({ file, seconds })
      return `${event.data.success ? '✔' : '✖'} ${file}  ${parts.join(', ')}  ${seconds.toFixed(1)} s\n`
    }
    default:
      return undefined
  }
}

function failed(
  event: Extract<TestEvent, { type: 'test:fail' }>,
  state: FileState,
  file: string,
  findings: Findings,
): string | undefined {
  const error = event.data.details.error
  const wholeFile = event.data.nesting === 0 && event.data.name.endsWith(file)
  // A suite, or a file, that fails only because something in it failed says nothing new.
  if (/^\d+ subtests? failed$/.test(error.message) || (wholeFile && state.failed > 0)) return undefined
  state.failed++
  const cause = wholeFile ? state.output : inspect(error.cause ?? error, { depth: 8 })
  findings.failures.push(`✖ ${wholeFile ? file : title(event, state, file)}\n${indent(cause || error.message)}`)
  return wholeFile ? `✖ ${file}  failed\n` : undefined
}

/** A line for each reason: the test, or how many of which files. */
function notRun(all: readonly NotRun[]): string {
  const lines = [...Map.groupBy(all, ({ reason }) => reason)].map(([reason, same]) => {
    if (same.length === 1) return `${same[0]!.title}: ${reason}`
    const counts = [...Map.groupBy(same, ({ file }) => file)].map(([file, { length }]) => `${file} (${length})`)
    return `${same.length} of ${counts.join(', ')}: ${reason}`
  })
  return lines.map((line) => `  - ${line}\n`).join('')
}

/** A line for each, and one for all: the sum is more than the clock says, for files run at the same time. */
function slowest(all: readonly Time[]): string {
  const line = (seconds: number, what: string): string => `${seconds.toFixed(1).padStart(8)} s  ${what}\n`
  const sorted = all.toSorted((a, b) => b.seconds - a.seconds)
  const sum = all.reduce((total, { seconds }) => total + seconds, 0)
  const lines = sorted.slice(0, SLOWEST).map(({ file, seconds }) => line(seconds, file))
  return lines.join('') + line(sum, `all ${all.length} files`)
}

function title(event: { data: { name: string; nesting: number } }, state: FileState, file: string): string {
  return [file, ...state.path.slice(0, event.data.nesting), event.data.name].join(' › ')
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ').trimEnd() + '\n'
}
