// Runs at most so many at once; the others wait in line.

export type Limiter = <V>(work: () => Promise<V>) => Promise<V>

/** A limiter for `limit` concurrent pieces of work. Work must not wait for other work of the same limiter. */
export function createLimiter(limit: number): Limiter {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    if (running >= limit) await new Promise<void>((resolve) => waiting.push(resolve))
    else running += 1
    try {
      return await work()
    } finally {
      // The place is handed on, so that nobody who comes later can take it first.
      const next = waiting.shift()
      if (next) next()
      else running -= 1
    }
  }
}
