import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, it, mock } from 'node:test'
import { saveMemoryWhenQuiet } from './quiet.ts'

const INTERVAL = 1_000

describe('saving memory', () => {
  it('begins after five quiet looks in a row, and ends with the second in a row that is busy', (t) => {
    mock.timers.enable({ apis: ['setInterval'] })
    t.after(() => mock.timers.reset())
    let busy = 0.1
    const set: string[] = []
    const end = saveMemoryWhenQuiet({
      interval: INTERVAL,
      cores: () => busy,
      setFlags: (flag) => set.push(flag),
    })
    const look = (times: number, as: number): void => {
      busy = as
      for (let i = 0; i < times; i++) mock.timers.tick(INTERVAL)
    }
    look(4, 0.1)
    look(1, 0.4)
    look(4, 0.3)
    assert.deepEqual(set, [])
    look(10, 0.3)
    assert.deepEqual(set, ['--optimize-for-size'])
    for (const as of [1.5, 0, 1.5, 0.1]) look(1, as)
    assert.equal(set.length, 1)
    look(3, 1.5)
    assert.deepEqual(set, ['--optimize-for-size', '--no-optimize-for-size'])
    look(4, 0)
    end()
    look(9, 0)
    assert.equal(set.length, 2)
  })

  it('has V8 give back what it took for garbage, which it keeps otherwise', () => {
    const saved = heapOf(20, 'saves')
    assert.ok(saved.megabytes <= 45, saved.output)
    assert.match(saved.output, REDUCING)
    assert.doesNotMatch(heapOf(2, '').output, REDUCING)
  })
})

/** How V8 writes of a collection that is to give memory back. */
const REDUCING = /Mark-Compact \(reduce\)/

/** Of a process with 30 MB that are alive. V8 looks after 50 ms, instead of 30 s after its start and every 8 s then. */
function heapOf(seconds: number, saves: string): { megabytes: number; output: string } {
  const delays = ['--memory-reducer-delay-ms=50', '--gc-memory-reducer-start-delay-ms=50']
  const flags = ['--max-semi-space-size=8', '--trace-gc', ...delays]
  const fixture = join(import.meta.dirname, 'quiet.fixture.ts')
  const output = execFileSync(process.execPath, [...flags, fixture, `${seconds}`, saves], { encoding: 'utf8' })
  return { megabytes: Number(output.trimEnd().split('\n').at(-1)), output }
}
