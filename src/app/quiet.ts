// Memory that is given back while there is little to do.
import { setFlagsFromString } from 'node:v8'

/** Milliseconds between two looks at how busy the process is. */
const INTERVAL = 2_000
/** Of one core: more is busy. 10,000 scheduled tags take an eighth. */
const BUSY = 1 / 3
/** Looks in a row until it counts as quiet, and as busy: a burst of a second or two needs no larger heap. */
const PATIENCE = { quiet: 5, busy: 2 }

/** What tests replace. */
export interface QuietOptions {
  /** Milliseconds. */
  interval?: number
  /** Cores that were used since the last call. */
  cores?: () => number
  setFlags?: (flags: string) => void
}

/**
 * Has V8 prefer memory to speed after ten quiet seconds, and speed to memory after four busy ones. Ends when the result is called.
 *
 * V8 lets a heap grow to four times of what is alive while much is allocated, and keeps that: after imports of thousands of tags a server of 200 MB
 * would have 400 for ever. It collects such garbage, and moves what is left together, where it is told that memory matters, as in tabs of a
 * browser that nobody looks at: a little at a time, beside the work. The flag that says so is read at each collection. (docs/adr/0057-memory.md)
 */
export function saveMemoryWhenQuiet(options: QuietOptions = {}): () => void {
  const { interval = INTERVAL, cores = coresUsed(), setFlags = setFlagsFromString } = options
  let quiet = false
  let looks = 0
  const look = (): void => {
    const isAsBefore = cores() > BUSY !== quiet
    looks = isAsBefore ? 0 : looks + 1
    if (looks < (quiet ? PATIENCE.busy : PATIENCE.quiet)) return
    quiet = !quiet
    looks = 0
    setFlags(quiet ? '--optimize-for-size' : '--no-optimize-for-size')
  }
  const timer = setInterval(look, interval).unref()
  return () => clearInterval(timer)
}

/** Processor time, not that of the event loop: on a machine where others take the processors a loop is never idle. */
function coresUsed(): () => number {
  let [last, since] = [process.cpuUsage(), performance.now()]
  return () => {
    const { user, system } = process.cpuUsage(last)
    const elapsed = performance.now() - since
    last = process.cpuUsage()
    since = performance.now()
    return (user + system) / 1000 / elapsed
  }
}
