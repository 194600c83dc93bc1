// What a process takes, as Linux counts it.
import { readFile } from 'node:fs/promises'

/** Resident memory in megabytes (10^6 bytes). */
export async function residentMemory(pid: number): Promise<number> {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}

/** Milliseconds of processor time that it has used, in all its threads. */
export async function processorTime(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  // Behind the name, which may hold anything but a closing parenthesis at its end: state is the first field, utime the 12th.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK
}

/** Milliseconds; Linux shows programs a clock of 100 Hz. */
const TICK = 10
