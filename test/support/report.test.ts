import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { TestEvent } from 'node:test/reporters'
import { promisify } from 'node:util'
import { report } from './report.ts'

const directory = await mkdtemp(join(tmpdir(), 'report-'))
after(() => rm(directory, { recursive: true }))

/** Runs one test file under a runner in a process of its own (inside a test, run() runs nothing) and gives the report. */
const reportOf = (name: string, source: string): Promise<string> => reportOfAll({ [name]: source })

/** The same of several, by name. */
async function reportOfAll(sources: Readonly<Record<string, string>>): Promise<string> {
  const files = Object.keys(sources).map((name) => join(directory, name))
  for (const [name, source] of Object.entries(sources))
    await writeFile(join(directory, name), `import { test, describe, it } from 'node:test'\n${source}`)
  const runner = `
    import { run } from 'node:test'
    import { report } from ${JSON.stringify(join(import.meta.dirname, 'report.ts'))}
    for await (const text of run({ files: ${JSON.stringify(files)} }).compose(report(${JSON.stringify(directory)})))
      process.stdout.write(text)`
  const { NODE_TEST_CONTEXT: _, ...env } = process.env
  await writeFile(join(directory, 'runner.mjs'), runner)
  const { stdout } = await promisify(execFile)(process.execPath, [join(directory, 'runner.mjs')], { env })
  return stdout
}

test('a file that passes is one line, and the counts come last', async () => {
  const text = await reportOf('good.test.mjs', `test('one', () => {}); describe('s', () => { it('two', () => {}) })`)
  assert.match(text, /^✔ good\.test\.mjs  2 passed  \d+\.\d s$/m)
  assert.match(text, /\nℹ tests 2\nℹ suites 1\nℹ pass 2\nℹ fail 0\n(ℹ .*\n)+$/)
})

test('a failure is told with its path and its cause, its suite is not', async () => {
  const text = await reportOf(
    'bad.test.mjs',
    `describe('s', () => { it('t', () => { throw new Error('broken wheel') }) })`,
  )
  assert.match(text, /^✖ bad\.test\.mjs  0 passed, 1 failed/m)
  assert.match(text, /^✖ bad\.test\.mjs › s › t\n    Error: broken wheel$/m)
  assert.equal(text.match(/subtest/g), null)
})

test('what did not run is named, with the reason', async () => {
  const text = await reportOf(
    'lazy.test.mjs',
    `test('a', t => t.skip('no wheel')); describe('b', { skip: 'no race' }, () => {})`,
  )
  assert.match(text, /\nNot run:\n  - lazy\.test\.mjs › a: no wheel\n  - lazy\.test\.mjs › b: no race\n/)
})

test('what did not run for one reason is one line, however much it is', async () => {
  const text = await reportOf(
    'many.test.mjs',
    `for (const name of ['a', 'b', 'c']) test(name, { skip: 'no wheel' }, () => {}); test('d', { skip: 'no race' })`,
  )
  assert.match(text, /\nNot run:\n  - 3 of many\.test\.mjs \(3\): no wheel\n  - many\.test\.mjs › d: no race\n\n/)
})

test('where the time went is told when it cannot be seen at a glance', async () => {
  const waiting = (milliseconds: number) => `test('a', () => new Promise((end) => setTimeout(end, ${milliseconds})))`
  const names = Array.from({ length: 11 }, (_, i) => `wait${i}.test.mjs`)
  const sources = Object.fromEntries(names.map((name, i) => [name, waiting(i === 5 ? 900 : i === 7 ? 300 : 0)]))
  const text = await reportOfAll(sources)
  const [, told = ''] = text.match(/\nSlowest:\n([^]*?)\n\n/)!
  const lines = told.split('\n').map((line) => line.trim().split(/ s {2}/))
  assert.equal(lines.length, 11)
  assert.deepEqual([lines[0]?.[1], lines.at(-1)?.[1]], ['wait5.test.mjs', 'all 11 files'])
  assert.ok(Number(lines[0]?.[0]) >= 0.9, told)
  assert.ok(Number(lines.at(-1)?.[0]) >= 1.2, told)
  const { 'wait5.test.mjs': one, 'wait7.test.mjs': other } = sources
  assert.doesNotMatch(await reportOfAll({ 'wait5.test.mjs': one!, 'wait7.test.mjs': other! }), /Slowest/)
})

test('counts are those of all runs', async () => {
  async function* runs(): AsyncGenerator<TestEvent> {
    for (const message of ['tests 2', 'duration_ms 1.5', 'Interrupted', 'tests 3', 'duration_ms 2'])
      yield { type: 'test:diagnostic', data: { message, nesting: 0, level: 'info' } }
  }
  const text = (await Array.fromAsync(report('/')(runs()))).join('')
  assert.equal(text, 'ℹ Interrupted\n\nℹ tests 5\nℹ duration_ms 3.5\n')
})

test('a file that cannot be loaded fails with what it wrote', async () => {
  const text = await reportOf('none.test.mjs', `import 'no-such-package'`)
  assert.match(text, /^✖ none\.test\.mjs  failed$/m)
  assert.match(text, /Cannot find package 'no-such-package'/)
  assert.match(text, /^ℹ fail 1$/m)
})
