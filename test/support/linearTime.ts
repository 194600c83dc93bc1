// Asserts that a function takes time in proportion to the length of its text: what an attacker writes must not stop the server.
//
// Nothing is compared with a clock of another machine. The baseline is the same function on a short text of the same kind,
// in the same run; the text grows up to a megabyte. A quadratic function is 1,000 times above the line by then, and is
// caught long before that, so that a failing test ends soon.
import assert from 'node:assert/strict'

/** Characters of the baseline, and of the longest text. */
const SHORTEST = 1024
const LONGEST = 1024 * 1024
/** From one text to the next. */
const GROWTH = 4
/** How far above the line a text may be: caches that are too small, garbage collection. */
const SLACK = 16
/** Milliseconds that count for the baseline at least: what is shorter is noise. */
const FLOOR = 0.05
/** Milliseconds from which on only those count in which the thread had a processor: others may have taken it away. */
const COARSE = 40
/** The quickest of so many runs counts: nothing makes a run quicker than it is. */
const RUNS = 5

/** `text(n)` makes a text of about n characters; `run` reads it, and may throw. */
export function assertLinear(what: string, run: (text: string) => unknown, text: (length: number) => string): void {
  // Compiled code only.
  for (let i = 0; i < 20; i++) attempt(run, text(SHORTEST))
  const baseline = Math.max(cost(run, text(SHORTEST)), FLOOR)
  for (let length = GROWTH * SHORTEST; length <= LONGEST; length *= GROWTH) {
    const allowed = (SLACK * baseline * length) / SHORTEST
    const took = cost(run, text(length), allowed)
    const times = `${took.toFixed(1)} ms for ${length} characters, ${baseline.toFixed(2)} ms for ${SHORTEST}`
    assert.ok(took <= allowed, `${what}: ${times}`)
  }
}

/** A text that repeats a piece, between a beginning and an end. */
export const repeated =
  (piece: string, end = '', start = ''): ((length: number) => string) =>
  (length) =>
    start + piece.repeat(Math.ceil(length / piece.length)) + end

/** Milliseconds of the quickest run; runs again only while that may matter. */
function cost(run: (text: string) => unknown, text: string, enough = 0): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < RUNS && least > enough; i++) {
    const [before, working] = [performance.now(), worked()]
    attempt(run, text)
    const took = performance.now() - before
    least = Math.min(least, took < COARSE ? took : worked() - working)
  }
  return least
}

/** Milliseconds that this thread has had a processor, in steps of some 4. */
function worked(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

function attempt(run: (text: string) => unknown, text: string): void {
  try {
    run(text)
  } catch {
    // To refuse is an answer, too.
  }
}
