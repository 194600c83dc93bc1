// The test command: `npm test` prepares what the tests need, checks types, lint and format, and runs everything;
// `npm test -- PATTERN…` runs the test files whose path contains one of the patterns.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { glob, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { onInterruption } from './support/interruption.ts'
import { prepareParts } from './support/parts.ts'
import { report } from './support/report.ts'

const ROOT = join(import.meta.dirname, '..')
/** Test files that run at the same time: enough for two cores. The end-to-end tests start several processes each, and mostly wait. */
const CONCURRENCY = { others: 3, endToEnd: 4 }
/** Milliseconds for one file; the slowest takes a quarter of that on two cores, when it runs in both worlds. */
const FILE_TIMEOUT = 600_000

const OPTIONS = { timeout: FILE_TIMEOUT, execArgv: ['--import', join(import.meta.dirname, 'support/compileCache.js')] }

const interruption = new AbortController()
onInterruption((exitCode) => {
  process.exitCode = exitCode
  interruption.abort()
})
// Everything that tests write is in one directory, which goes away with what was forgotten there.
process.env['TMPDIR'] = mkdtempSync(join(tmpdir(), 'millrace-tests-'))
try {
  const code = await main(process.argv.slice(2))
  process.exitCode ??= code
} finally {
  // Processes that are interrupted may still write to it.
  await rm(tmpdir(), { recursive: true, force: true, maxRetries: 10 })
}

async function main(patterns: readonly string[]): Promise<number> {
  const files = await testFiles(patterns)
  if (files.length === 0) {
    console.error(`no test file matches ${patterns.join(' ')}`)
    return 2
  }
  if (files.some(needsParts)) {
    try {
      prepareParts((line) => console.log(line))
    } catch (error) {
      console.error(`cannot run the tests: ${(error as Error).message}`)
      return 2
    }
  }
  const checked = patterns.length > 0 || check()
  const passed = await runFiles(files)
  if (!checked) console.log('✖ npm run check failed, see above')
  return checked && passed ? 0 : 1
}

async function testFiles(patterns: readonly string[]): Promise<string[]> {
  const all = await Array.fromAsync(
    glob(['src/**/*.test.ts', 'test/**/*.test.ts', '{bench,deploy}/**/*.test.ts'], { cwd: ROOT }),
  )
  const chosen = all.filter((file) => patterns.length === 0 || patterns.some((p) => file.includes(p)))
  return chosen.sort().map((file) => join(ROOT, file))
}

function isEndToEnd(file: string): boolean {
  return file.includes('/test/e2e/')
}

function needsParts(file: string): boolean {
  return isEndToEnd(file) || readFileSync(file, 'utf8').includes("/registry.ts'")
}

function check(): boolean {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'check'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`)
  console.log(`${status === 0 ? '✔' : '✖'} npm run check`)
  return status === 0
}

async function runFiles(files: string[]): Promise<boolean> {
  let passed = true
  const told = new Set<string>()
  async function* events(): AsyncGenerator<TestEvent> {
    const { endToEnd = [], others = [] } = Object.groupBy(files, (file) => (isEndToEnd(file) ? 'endToEnd' : 'others'))
    // Unit tests first: what fails there explains what fails in the end-to-end tests.
    for (const [some, concurrency] of [
      [others, CONCURRENCY.others],
      [endToEnd, CONCURRENCY.endToEnd],
    ] as const) {
      if (some.length === 0 || interruption.signal.aborted) continue
      for await (const event of run({ ...OPTIONS, files: some, concurrency, signal: interruption.signal })) {
        if (event.type === 'test:summary' && event.data.file === undefined) passed &&= event.data.success
        else if (event.type === 'test:summary') told.add(event.data.file)
        yield event
      }
    }
  }
  for await (const text of report(ROOT)(events())) process.stdout.write(text)
  // Whose process ends before it has told everything is missed by nobody else.
  const silent = files.filter((file) => !told.has(file))
  for (const file of silent) console.log(`✖ ${relative(ROOT, file)} did not tell how it ended`)
  return passed && silent.length === 0
}
