// The log of a server: JSON lines, one a decision; on a terminal, lines for people.
import type { Writable } from 'node:stream'
import { pino } from 'pino'
import type { Log } from '../core/machinery/log.ts'

/** From most to least. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** From which level on to log, and where to. */
export interface LogOptions {
  level: LogLevel
  stream: Writable & { isTTY?: boolean }
}

/** Makes the log. What looks like a credential never gets into it by these names. */
export function createLog({ level, stream }: LogOptions): Log {
  const redact = ['authorization', '*.authorization', 'token', '*.token', 'password', '*.password']
  const options = { level, base: null, redact }
  const destination = stream.isTTY ? { write: (line: string) => stream.write(forPeople(line)) } : stream
  return pino({ ...options, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: named } }, destination)
}

/** The level that a flag or MILLRACE_LOG_LEVEL names; undefined when there is no such level. */
export function parseLevel(text: string): LogLevel | undefined {
  return LOG_LEVELS.find((level) => level === text.toLowerCase())
}

const named = (label: string): object => ({ level: label })

/** "12:00:01 WARN  message key=value", and the stack of an error below it. */
function forPeople(line: string): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown>
  const { message, stack } = (err ?? {}) as { message?: string; stack?: string }
  const values = Object.entries({ ...fields, ...(message !== undefined && { error: message }) })
  const tail = values.map(([name, value]) => ` ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  const clock = String(time).slice(11, 19)
  const head = `${clock} ${String(level).toUpperCase().padEnd(5)} ${String(msg)}${tail.join('')}\n`
  return level === 'error' && stack ? `${head}${stack.split('\n').slice(1).join('\n')}\n` : head
}
