// Measuring: how many a second, and how long each took.

export interface Rate {
  perSecond: number
  /** Milliseconds that half, and 99 of 100, took at most. */
  p50: number
  p99: number
}

/** Runs `work` for each index below `count`, `concurrency` at a time. */
export async function measure(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<Rate> {
  const times: number[] = []
  const begin = performance.now()
  await inParallel(count, concurrency, async (index) => {
    const start = performance.now()
    await work(index)
    times.push(performance.now() - start)
  })
  const seconds = (performance.now() - begin) / 1000
  times.sort((a, b) => a - b)
  const at = (q: number) => times[Math.min(times.length - 1, Math.floor(q * times.length))] ?? 0
  return { perSecond: count / seconds, p50: at(0.5), p99: at(0.99) }
}

/** Calls `work` for each index below `count`, with so many running at any time. */
export async function inParallel(
  count: number,
  concurrency: number,
  work: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: Math.min(count, concurrency) }, worker))
}

/** The middle one of some numbers. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}
