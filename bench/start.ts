// From the command to the line that says "ready", with an empty data directory. Baseline: Node with an empty program.
import { execute } from '../test/support/processes.ts'
import { startStandalone } from '../test/support/standalone.ts'
import { median } from './measure.ts'
import type { Row } from './table.ts'

const ROUNDS = 5

export async function benchStart(): Promise<Row> {
  const ready: number[] = []
  const bare: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ready.push(
      await timed(async () => {
        const server = await startStandalone()
        return () => server.stop()
      }),
    )
    bare.push(
      await timed(async () => {
        await execute(process.execPath, ['-e', '0'])
      }),
    )
  }
  return {
    what: 'start to ready',
    value: `${median(ready).toFixed(0)} ms`,
    baseline: `${median(bare).toFixed(0)} ms (node -e 0)`,
    ratio: median(ready) / median(bare),
    aim: { text: '1000 ms', met: median(ready) < 1_000 },
  }
}

/** Milliseconds of the work; what it returns is done afterwards. */
async function timed(work: () => Promise<(() => Promise<unknown>) | void>): Promise<number> {
  const start = performance.now()
  const undo = await work()
  const elapsed = performance.now() - start
  await undo?.()
  return elapsed
}
