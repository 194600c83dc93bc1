// The test command: `npm test` prepares what the tests need, checks types, lint and format, and runs everything;
// `npm test -- PATTERN…` runs the test files whose path contains one of the patterns.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync } from 'node:fs'
import { glob, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { run } from 'node:test'
import { onInterruption } from './support/interruption.ts'
import { prepareParts } from './support/parts.ts'
import { report } from './support/report.ts'

const ROOT = join(import.meta.dirname, '..')
/** Test files that run at the same time. The end-to-end tests start several processes each. */
const CONCURRENCY = 2
/** Milliseconds for one file; the slowest takes half of that on two cores, when it runs in both worlds. */
const FILE_TIMEOUT = 600_000

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

/** Unit tests first: what fails there explains what fails in the end-to-end tests. */
async function testFiles(patterns: readonly string[]): Promise<string[]> {
  const all = await Array.fromAsync(
    glob(['src/**/*.test.ts', 'test/**/*.test.ts', '{bench,deploy}/**/*.test.ts'], { cwd: ROOT }),
  )
  const chosen = all.filter((file) => patterns.length === 0 || patterns.some((p) => file.includes(p)))
  const late = (file: string) => Number(file.startsWith('test/e2e/'))
  return chosen.sort((a, b) => late(a) - late(b) || (a < b ? -1 : 1)).map((file) => join(ROOT, file))
}

function needsParts(file: string): boolean {
  return file.includes('/test/e2e/') || readFileSync(file, 'utf8').includes("/registry.ts'")
}

function check(): boolean {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', 'check'], { cwd: ROOT, encoding: 'utf8' })
  if (status !== 0) process.stdout.write(`${stdout}${stderr}`)
  console.log(`${status === 0 ? '✔' : '✖'} npm run check`)
  return status === 0
}

async function runFiles(files: string[]): Promise<boolean> {
  let passed = false
  const told = new Set<string>()
  const events = run({ files, concurrency: CONCURRENCY, timeout: FILE_TIMEOUT, signal: interruption.signal })
  events.on('test:summary', (summary) => {
    if (summary.file === undefined) passed = summary.success
    else told.add(summary.file)
  })
  // Files that are interrupted end by themselves, with all that they have started.
  for await (const text of events.compose(report(ROOT))) process.stdout.write(text as string)
  // Whose process ends before it has told everything is missed by nobody else.
  const silent = files.filter((file) => !told.has(file))
  for (const file of silent) console.log(`✖ ${relative(ROOT, file)} did not tell how it ended`)
  return passed && silent.length === 0
}
